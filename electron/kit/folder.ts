import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { copyFile, lstat, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { Transform, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CodedError, errno, writeError } from '../core/errors.ts'
import { folderOf, under } from '../core/paths.ts'

/** What lies at a kit's path. */
export type Written = { size: number; sha256: string }

/** Gets the bytes that have gone by since the last call. */
export type Count = (bytes: number) => void

/** FAT's largest file: one byte less than 4 GiB (statfs(2): MSDOS_SUPER_MAGIC). */
const FAT = 0x4d44
const FAT_LARGEST = 2 ** 32 - 1

/** The absolute path of a kit's own path. The manifest's schema has made sure that it stays in the folder. */
export const pathIn = (folder: string, path: string): string => under(folder, ...path.split('/'))

/**
 * The size of a file inside a kit; null where there is none. A kit is a stranger's: what is reached through a link, or
 * is no plain file, is refused as `kit-damaged` {path}.
 */
export async function sizeIn(folder: string, path: string): Promise<number | null> {
  const names = path.split('/')
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join('/')
    const stat = await lstat(pathIn(folder, part)).catch((error: unknown) => {
      if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return null
      throw error
    })
    if (stat === null) return null
    if (depth < names.length ? !stat.isDirectory() : !stat.isFile()) throw new CodedError('kit-damaged', { path: part })
    if (depth === names.length) return stat.size
  }
  return null
}

/** The SHA-256 of a file, with its size. */
export async function hashFile(path: string, signal: AbortSignal, count: Count = () => {}): Promise<Written> {
  const hash = createHash('sha256')
  let size = 0
  const stream = createReadStream(path, { highWaterMark: 1 << 20, signal })
  for await (const chunk of stream) {
    if (!(chunk instanceof Buffer)) continue
    hash.update(chunk)
    size += chunk.length
    count(chunk.length)
  }
  return { size, sha256: hash.digest('hex') }
}

/** Whether a file is there and is just what was written down of it. */
export async function holds(folder: string, path: string, wanted: Written, signal: AbortSignal): Promise<boolean> {
  if ((await sizeIn(folder, path)) !== wanted.size) return false
  return (await hashFile(pathIn(folder, path), signal)).sha256 === wanted.sha256
}

/**
 * Makes room for a new file of a kit: the folders to it, and nothing under its name for the time of writing. The folder
 * may have come from a stranger, so nothing is written through a link: `kit-damaged` {path}.
 */
async function placeFor(folder: string, path: string): Promise<void> {
  const names = path.split('/').slice(0, -1)
  for (let depth = 1; depth <= names.length; depth++) {
    const part = names.slice(0, depth).join('/')
    const stat = await lstat(pathIn(folder, part)).catch(() => null)
    if (stat?.isDirectory() === false) throw new CodedError('kit-damaged', { path: part })
  }
  const target = pathIn(folder, path)
  await mkdir(folderOf(target), { recursive: true })
  await rm(`${target}.part`, { force: true })
}

/**
 * Writes a file of a kit from a stream, under another name until it is whole. Throws writing errors with its path,
 * `kit-too-large` {path} where the file system takes no such file.
 */
export async function writeStream(
  folder: string,
  path: string,
  source: Readable,
  signal: AbortSignal,
  count: Count = () => {},
): Promise<Written> {
  const target = pathIn(folder, path)
  const most = await largestFile(folder)
  const hash = createHash('sha256')
  let size = 0
  const watch = new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length
      if (size > most) return done(new CodedError('kit-too-large', { path: target }))
      hash.update(chunk)
      count(chunk.length)
      done(null, chunk)
    },
  })
  try {
    await placeFor(folder, path)
    await pipeline(source, watch, createWriteStream(`${target}.part`, { flush: true, flags: 'wx' }), { signal })
    await rename(`${target}.part`, target)
  } catch (error) {
    await rm(`${target}.part`, { force: true }).catch(() => {})
    throw signal.aborted ? signal.reason : writeError(error, target)
  }
  return { size, sha256: hash.digest('hex') }
}

/** The same for bytes that are at hand. */
export async function writeBytes(folder: string, path: string, bytes: Uint8Array): Promise<Written> {
  const target = pathIn(folder, path)
  try {
    await placeFor(folder, path)
    await writeFile(`${target}.part`, bytes, { flush: true, flag: 'wx' })
    await rename(`${target}.part`, target)
  } catch (error) {
    throw writeError(error, target)
  }
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Copies a file that is known already, also from one file system to another. */
export async function copyTo(source: string, target: string): Promise<void> {
  try {
    await mkdir(folderOf(target), { recursive: true })
    await copyFile(source, `${target}.part`)
    await rename(`${target}.part`, target)
  } catch (error) {
    throw writeError(error, target)
  }
}

/** Every plain file below a folder, by its path in it; links are passed over. A folder that is not there is empty. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return []
    throw error
  })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.replaceAll('\\', '/').slice(folder.length + 1))
    .toSorted()
}

/** Throws `no-space` {path} where a folder's file system has no room for so many more bytes. */
export async function needRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize < bytes) throw new CodedError('no-space', { path: folder }, `${bytes} > ${bavail * bsize}`)
}

async function largestFile(folder: string): Promise<number> {
  const { type } = await statfs(folder).catch(() => ({ type: 0 }))
  return type === FAT ? FAT_LARGEST : Number.POSITIVE_INFINITY
}

/** Throws `kit-too-large` {path} before anything is written where a file could never lie there. */
export async function needPlace(folder: string, path: string, bytes: number): Promise<void> {
  if (bytes > (await largestFile(folder))) throw new CodedError('kit-too-large', { path: pathIn(folder, path) })
  await needRoom(folder, bytes)
}
