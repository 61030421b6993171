import type { KitManifest } from '../contract/kit.ts'
import { CodedError } from '../core/errors.ts'
import { type Engine, openStream } from '../docker/engine.ts'
import { engineError } from '../docker/errors.ts'
import { inspectImage } from '../docker/inspect.ts'
import { idOf, readArchive } from './archive.ts'
import { needPlace, pathIn, writeStream } from './folder.ts'
import type { Ledger } from './ledger.ts'
import type { Progress } from './progress.ts'

type KitImage = KitManifest['images'][number]

/** A name that every file system takes: `golang:1.26-alpine` is `images/golang_1.26-alpine.tar`. */
export const imageFile = (reference: string): string => `images/${reference.replace(/[^A-Za-z0-9.-]+/g, '_')}.tar`

/**
 * Saves an image that is in the engine into a kit, as `docker save` does. One that was saved before stays.
 * Errors: `image-not-found` {image}, `no-space`, `kit-too-large` {path}, those of `engineError`.
 */
export async function saveImage(
  engine: Engine,
  reference: string,
  { folder, ledger, progress, signal }: { folder: string; ledger: Ledger; progress: Progress; signal: AbortSignal },
): Promise<KitImage> {
  const facts = await inspectImage(engine, reference, signal)
  if (facts === null) throw new CodedError('image-not-found', { image: reference })
  const file = imageFile(reference)
  const source = `${reference} ${facts.id}`
  progress.now({ key: 'kit:note.image', values: { image: reference } })
  progress.expect(facts.size)
  if (await ledger.keep(file, source, signal)) progress.add(facts.size)
  else {
    await needPlace(folder, file, facts.size)
    await ledger.add(file, await save(engine, reference, { folder, file, progress, signal }), source)
  }
  const archive = await readArchive(pathIn(folder, file), reference, file)
  return { reference, file, digest: idOf(archive), platform: `${facts.os}/${facts.arch}` }
}

type Saving = { folder: string; file: string; progress: Progress; signal: AbortSignal }

async function save(engine: Engine, reference: string, { folder, file, progress, signal }: Saving) {
  const path = `/images/${reference}/get`
  const stop = new AbortController()
  const cancel = (): void => stop.abort(signal.reason)
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    const answer = await openStream(engine.docker, { path, method: 'GET', abortSignal: stop.signal })
    stop.signal.addEventListener('abort', () => answer.destroy(), { once: true })
    return await writeStream(folder, file, answer, signal, (bytes) => progress.add(bytes))
  } catch (error) {
    if (signal.aborted) throw new CodedError('cancelled')
    throw error instanceof CodedError ? error : engineError(error, { image: reference })
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
