import { once } from 'node:events'
import type { ImageFacts } from '../contract/image.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import { type Patience, STALL, stallFor, USUAL } from '../core/patience.ts'
import type { RegistryAuth } from './auth.ts'
import { type Engine, openStream, reasonOf } from './engine.ts'
import { engineError, engineMessage, httpStatus, pullError } from './errors.ts'
import { inspectImage } from './inspect.ts'
import { explainPull } from './pull-diagnosis.ts'
import { createPullProgress, type PullProgress } from './pull-progress.ts'
import { familiar, familiarRepository, readImage } from './reference.ts'

export type PullOptions = {
  signal: AbortSignal
  report: (report: TaskReport) => void
  /** `linux/arm64`; the engine's own when left out. */
  platform?: string
  /** How long the engine may be without a word while it downloads; see `stallFor`. */
  patience?: Patience
  /** What the reports call the image; its reference when left out. */
  label?: string
  /** Asked once, for the registry that the reference names; an engine has no passwords of its own. */
  auth?: (host: string) => Promise<RegistryAuth | null>
}

/** Milliseconds between two looks at how long the engine has been silent, at most. */
const LOOK = 1000
/** Milliseconds between two reports. */
const REPORT_EVERY = 100

/**
 * Pulls an image through the Engine API and answers what is in the engine afterwards.
 * Reports `progress` of the step `pull`. An abort closes the connection, which ends the engine's transfer;
 * nothing that was there before is removed.
 * Errors: `cancelled`, `timeout` {seconds}, `image-bad-reference`, those of `pullError`, those of `engineError`.
 */
export async function pullImage(engine: Engine, reference: string, options: PullOptions): Promise<ImageFacts> {
  const name = readImage(reference)
  const image = familiar(name)
  const label = options.label ?? image
  const started = performance.now()
  const platform = options.platform === undefined ? {} : { platform: options.platform }
  const query = { fromImage: familiarRepository(name), tag: name.digest ?? name.tag, ...platform }
  const progress = createPullProgress()
  const auth = name.registry === 'docker.io' ? null : ((await options.auth?.(name.registry)) ?? null)
  try {
    await transfer(engine, query, label, progress, options, auth)
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    throw await explainPull(engine, error, name, progress.view(performance.now()), options)
  }
  const failure = progress.failure()
  if (failure) {
    const error = pullError(failure.message, image, failure.status ?? undefined)
    throw await explainPull(engine, error, name, progress.view(performance.now()), options)
  }
  const result = progress.result()
  // Podman ends its stream without a status line; the image itself is then the proof.
  if (!result && engine.endpoint.flavour !== 'podman')
    throw new CodedError('pull-failed', { image }, 'the stream of the pull ended before its result')
  const facts = await inspectImage(engine, image, options.signal)
  if (!facts) throw new CodedError('pull-failed', { image }, 'the image is not in the engine after the pull')
  return {
    ...facts,
    digest: facts.digest ?? result?.digest ?? null,
    pulled: result?.pulled ?? true,
    bytes: progress.view(performance.now()).bytes,
    ms: Math.round(performance.now() - started),
  }
}

async function transfer(
  engine: Engine,
  query: Record<string, string>,
  image: string,
  progress: PullProgress,
  options: PullOptions,
  auth: RegistryAuth | null,
): Promise<void> {
  const { signal } = options
  const { policy, measured } = options.patience ?? USUAL
  const stopped = new AbortController()
  const watch = watchSilence(
    () => {
      const { fetching, largest } = progress.open()
      return fetching ? stallFor(largest, policy, measured) : STALL
    },
    (seconds) => stopped.abort(new CodedError('timeout', { seconds, image }, 'the engine said nothing any more')),
  )
  const cancel = (): void => stopped.abort(new CodedError('cancelled'))
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  let dirty = true
  const tell = (): void => {
    if (dirty) options.report(progressReport(progress, image))
    dirty = false
  }
  const ticker = setInterval(tell, REPORT_EVERY)
  try {
    stopped.signal.throwIfAborted()
    const answer = await openStream(engine.docker, {
      path: '/images/create',
      method: 'POST',
      query,
      auth,
      abortSignal: stopped.signal,
    })
    // Destroying the answer closes the socket; that is what stops the engine's transfer.
    stopped.signal.addEventListener('abort', () => answer.destroy(), { once: true })
    answer.on('data', (chunk: Uint8Array) => {
      watch.heard()
      dirty = progress.push(chunk, performance.now()) || dirty
    })
    await once(answer, 'end', { signal: stopped.signal })
    progress.end(performance.now())
    dirty = true
    tell()
  } catch (error) {
    if (stopped.signal.aborted) throw reasonOf(stopped.signal)
    throw beforeStream(error, image)
  } finally {
    watch.end()
    clearInterval(ticker)
    signal.removeEventListener('abort', cancel)
  }
}

/** Calls `late` when nothing was heard for `limit` milliseconds, which may be another number by then. */
function watchSilence(limit: () => number, late: (seconds: number) => void): { heard(): void; end(): void } {
  let last = performance.now()
  let timer: NodeJS.Timeout
  const look = (): void => {
    const left = last + limit() - performance.now()
    if (left > 0) timer = setTimeout(look, Math.min(left, LOOK))
    else late(limit() / 1000)
  }
  look()
  return {
    heard() {
      last = performance.now()
    },
    end: () => clearTimeout(timer),
  }
}

/** An answer with an HTTP error is the registry's or the engine's refusal; without a status the engine is gone. */
function beforeStream(error: unknown, image: string): CodedError {
  const status = httpStatus(error)
  return status === null ? engineError(error, { image }) : pullError(engineMessage(error), image, status)
}

function progressReport(progress: PullProgress, image: string): TaskReport {
  const { layers, bytes, totalBytes, fraction, speed, left } = progress.view(performance.now())
  return {
    type: 'progress',
    step: 'pull',
    fraction,
    note: { key: 'image:pull.progress', values: { image } },
    bytes,
    ...(totalBytes === null ? {} : { totalBytes }),
    ...(speed === null ? {} : { speed: Math.round(speed) }),
    left: left === null ? null : Math.round(left),
    layers,
  }
}
