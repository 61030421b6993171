import { finished } from 'node:stream/promises'
import type { Finding } from '../contract/note.ts'
import { CodedError } from '../core/errors.ts'
import { containerName, createContainer, removeContainer, type Session, startContainer } from './container.ts'
import { call, type Engine, reasonOf } from './engine.ts'
import { engineError } from './errors.ts'
import { cacheVolume, prepareRun } from './prepare.ts'
import { checkFolder, type RunRequest, runSpec, userInside } from './run-spec.ts'
import { readInfo } from './state.ts'
import { followSize, rawMode, type SignalSource, type Streams } from './terminal.ts'

export type RunOptions = RunRequest & {
  streams: Streams
  /** Ends the container at once; the run then throws `cancelled`. */
  signal: AbortSignal
  /** Signals that are handed on to the program inside; default: those of this process. */
  signals?: SignalSource
  /** Called for what a person should know before it starts. */
  warn?: (finding: Finding) => void
}

/** What is handed on, as a terminal would. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const
/** Milliseconds for a program to end after SIGTERM, as `docker stop` gives it. */
const GRACE = 10_000

/**
 * Runs a command, or a shell, in the image with the current folder at /work, the person's user id, the Go
 * settings and a cache volume. Answers the exit status of the program. The container is removed in every case.
 * Errors: `bad-arguments` for a folder that is not mounted, `image-not-found`, `container-failed` {image} (also
 * for a program that the image does not have), `cancelled`, those of `call`.
 */
export async function runInImage(engine: Engine, options: RunOptions): Promise<number> {
  const { signal, streams } = options
  const warning = checkFolder(options.cwd, options.home)
  if (warning) options.warn?.(warning)
  const info = await readInfo(engine, signal)
  const owner = userInside(info, options.uid, options.gid)
  const volume = cacheVolume(owner.uid)
  const { shell } = await prepareRun(engine, options.image, owner, volume, signal)
  const spec = runSpec(options, shell, volume, info)
  const name = containerName()
  const undo: (() => void)[] = []
  try {
    const container = await createContainer(engine, name, spec, signal)
    const session = await startContainer(engine, container, spec, signal)
    const ended = connect(engine, session, streams, options, undo)
    forwardSignals(engine, session, options.signals ?? process, undo)
    const aborted = new Promise<never>((_, reject) => {
      const stop = (): void => reject(new CodedError('cancelled'))
      signal.addEventListener('abort', stop, { once: true })
      undo.push(() => signal.removeEventListener('abort', stop))
      if (signal.aborted) stop()
    })
    const [code] = await Promise.race([Promise.all([session.exit, ended]), aborted])
    return code
  } catch (error) {
    throw engineError(signal.aborted ? reasonOf(signal) : error, { image: options.image })
  } finally {
    for (const step of undo.reverse()) step()
    await removeContainer(engine, name)
  }
}

/** Joins the streams. Answers when the container has said everything. */
async function connect(
  engine: Engine,
  { container, stream }: Session,
  { stdin, stdout, stderr }: Streams,
  options: RunOptions,
  undo: (() => void)[],
): Promise<void> {
  const ended = finished(stream, { writable: false })
  ended.catch(() => {})
  if (options.interactive) {
    stream.on('data', (chunk: Uint8Array) => {
      if (stdout.write(chunk)) return
      stream.pause()
      stdout.once('drain', () => stream.resume())
    })
    undo.push(rawMode(stdin))
    undo.push(
      followSize(stdout, ({ columns, rows }) => {
        const resize = (): Promise<unknown> =>
          call(engine, options.signal, (abortSignal) => container.resize({ h: rows, w: columns, abortSignal }))
        // The container may have ended a moment ago; a wrong size harms nobody.
        resize().catch(() => {})
      }),
    )
  } else {
    engine.docker.modem.demuxStream(stream, stdout, stderr)
  }
  if (stdin && (options.interactive || options.stdin)) {
    // Ending our half tells the program that its input is over; its output goes on.
    stdin.pipe(stream)
    const ignore = (): void => {}
    stream.on('error', ignore)
    undo.push(() => {
      stdin.unpipe(stream)
      stdin.pause()
    })
  }
  stream.resume()
  await ended
}

/** The second signal, or ten seconds after the first SIGTERM, ends a program that does not listen. */
function forwardSignals(engine: Engine, session: Session, source: SignalSource, undo: (() => void)[]): void {
  let sent = 0
  let timer: NodeJS.Timeout | null = null
  const kill = (name: string): void => {
    const send = (): Promise<unknown> =>
      call(engine, undefined, (abortSignal) => session.container.kill({ signal: name, abortSignal }))
    send().catch(() => {})
  }
  for (const name of FORWARDED) {
    const listener = (): void => {
      sent += 1
      kill(sent > 1 ? 'SIGKILL' : name)
      if (name === 'SIGTERM') timer ??= setTimeout(() => kill('SIGKILL'), GRACE)
    }
    source.on(name, listener)
    undo.push(() => source.removeListener(name, listener))
  }
  undo.push(() => {
    if (timer) clearTimeout(timer)
  })
}
