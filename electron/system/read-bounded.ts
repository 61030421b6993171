import { constants } from 'node:fs'
import { type FileHandle, open, realpath, stat } from 'node:fs/promises'

/** Nothing that this program reads whole is larger; a file of somebody's must not take all memory there is. */
const LARGEST = 128 * 1024 * 1024
const PART = 64 * 1024

/**
 * A file's bytes, links followed. What is no file is never opened: a pipe without a writer would hold up this process
 * for ever, also at its end, and some devices act when they are opened. `/dev/null`, by which tools are told to have no
 * file, is an empty one. Throws Node's system errors, EINVAL for what is no file, EFBIG for what is too large.
 */
export async function readBounded(path: string): Promise<Uint8Array> {
  const there = await stat(path)
  if (there.isCharacterDevice() && (await realpath(path)) === '/dev/null') return new Uint8Array()
  if (!there.isFile() && !there.isDirectory()) throw refused('EINVAL', 'not a file', path)
  // Something else may stand there by now, and what the kernel itself shows as a file may wait for news.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const opened = await handle.stat()
    if (opened.isDirectory()) throw refused('EISDIR', 'a folder', path)
    if (!opened.isFile()) throw refused('EINVAL', 'not a file', path)
    if (opened.size > LARGEST) throw refused('EFBIG', 'too large', path)
    return await readAll(handle, opened.size, path)
  } finally {
    await handle.close()
  }
}

async function readAll(handle: FileHandle, size: number, path: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let total = 0
  // One byte more than it says tells that this is the end; what the kernel shows says 0 and has more.
  for (let next = size + 1; ; next = PART) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(size === 0 ? PART : next))
    if (bytesRead === 0) break
    parts.push(buffer.subarray(0, bytesRead))
    total += bytesRead
    if (total > LARGEST) throw refused('EFBIG', 'too large', path)
  }
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
}

const refused = (code: string, why: string, path: string): Error =>
  Object.assign(new Error(`${code}: ${why}, ${path}`), { code, path })
