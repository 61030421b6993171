import { createReadStream } from 'node:fs'
import { z } from 'zod'
import type { KitManifest } from '../contract/kit.ts'
import { parseImage } from '../contract/grammar.ts'
import { CodedError } from '../core/errors.ts'
import type { Engine } from '../docker/engine.ts'
import { engineError } from '../docker/errors.ts'
import { inspectImage } from '../docker/inspect.ts'
import { createLineSplitter } from '../docker/line-splitter.ts'
import { idOf, readArchive } from './archive.ts'
import { pathIn } from './folder.ts'

type KitImage = KitManifest['images'][number]
const lineSchema = z.object({ stream: z.string().optional(), error: z.string().optional() })

/** What an engine calls an image that came out of a kit: its own id, where it names images otherwise than the archive. */
export type Known = ReadonlyMap<string, string>

/** Whether an engine has just the image that a kit brings. */
export async function isLoaded(engine: Engine, image: KitImage, known: Known, signal: AbortSignal): Promise<boolean> {
  const facts = await inspectImage(engine, image.reference, signal)
  return facts !== null && (facts.id === image.digest || facts.id === known.get(image.digest))
}

/**
 * Loads a verified archive into an engine and answers what the engine calls the image. The archive may bring that one
 * name and that one image only. Errors: `kit-damaged` {path}, `engine-disk-full`, those of `engineError`.
 */
export async function loadImage(
  engine: Engine,
  folder: string,
  image: KitImage,
  signal: AbortSignal,
  count: (bytes: number) => void,
): Promise<string> {
  const path = pathIn(folder, image.file)
  const archive = await readArchive(path, image.reference, image.file)
  if (parseImage(image.reference) === null || idOf(archive) !== image.digest)
    throw new CodedError('kit-damaged', { path: image.file }, `${idOf(archive)} instead of ${image.digest}`)
  const file = createReadStream(path, { highWaterMark: 1 << 20, signal })
  file.on('data', (chunk) => count(chunk.length))
  file.pause()
  let failure: string | null = null
  const hear = (line: string): void => {
    const parsed = lineSchema.safeParse(read(line))
    if (parsed.success && parsed.data.error !== undefined) failure = parsed.data.error
  }
  try {
    const answer = await engine.docker.loadImage(file, { quiet: true })
    const lines = createLineSplitter()
    for await (const chunk of answer) for (const line of lines.push(toBuffer(chunk))) hear(line)
    for (const line of lines.end()) hear(line)
  } catch (error) {
    if (signal.aborted) throw new CodedError('cancelled')
    throw engineError(error, { image: image.reference })
  } finally {
    file.destroy()
  }
  const facts = await inspectImage(engine, image.reference, signal)
  if (failure !== null || facts === null) throw new CodedError('container-failed', { image: image.reference }, failure)
  return facts.id
}

const toBuffer = (chunk: unknown): Buffer => (chunk instanceof Buffer ? chunk : Buffer.from(String(chunk)))

function read(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
