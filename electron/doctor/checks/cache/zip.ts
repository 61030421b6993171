import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { inflateRaw } from 'node:zlib'
import { hashList, ZipError } from '../../../mirrors/trust/dirhash.ts'

const inflate = promisify(inflateRaw)
const END = 0x06054b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
/** A field that is full means that the real number stands elsewhere (zip64), which no module needs. */
const FULL = 0xffffffff

/** What all of a zip may unpack to (golang.org/x/mod zip.MaxZipFile): go itself refuses more. */
const MOST = 500 * 1024 * 1024

type Entry = { name: string; method: number; packed: number; size: number; at: number }

/**
 * The `h1:` hash of a module's zip, as `hashZip` says it, but a file at a time and off this thread: a check must not
 * hold up the others. Throws `ZipError` for what is no whole zip.
 */
export async function hashZipSlowly(bytes: Uint8Array): Promise<string> {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const files: { name: string; sha256: string }[] = []
  try {
    for (const entry of entriesOf(zip)) {
      const content = await contentOf(zip, entry)
      files.push({ name: entry.name, sha256: createHash('sha256').update(content).digest('hex') })
    }
  } catch (error) {
    throw error instanceof ZipError ? error : new ZipError(String(error))
  }
  return hashList(files)
}

function entriesOf(zip: Buffer): readonly Entry[] {
  const end = endOf(zip)
  const count = zip.readUInt16LE(end + 10)
  const entries: Entry[] = []
  let at = zip.readUInt32LE(end + 16)
  let unpacked = 0
  for (let index = 0; index < count; index++) {
    if (zip.readUInt32LE(at) !== CENTRAL) throw new ZipError('a damaged list of files')
    const [names, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset))
    const entry = {
      name: zip.toString('utf8', at + 46, at + 46 + (names ?? 0)),
      method: zip.readUInt16LE(at + 10),
      packed: zip.readUInt32LE(at + 20),
      size: zip.readUInt32LE(at + 24),
      at: zip.readUInt32LE(at + 42),
    }
    if ([entry.packed, entry.size, entry.at].includes(FULL)) throw new ZipError('a zip of more than 4 GB')
    unpacked += entry.size
    if (unpacked > MOST) throw new ZipError('more than a module may have')
    entries.push(entry)
    at += 46 + (names ?? 0) + (extra ?? 0) + (comment ?? 0)
  }
  return entries
}

/** The end record lies before a comment of at most 65,535 bytes. */
function endOf(zip: Buffer): number {
  for (let at = zip.length - 22; at >= Math.max(0, zip.length - 22 - 0xffff); at--)
    if (zip.readUInt32LE(at) === END) return at
  throw new ZipError('no list of files at its end')
}

async function contentOf(zip: Buffer, { name, method, packed, size, at }: Entry): Promise<Uint8Array> {
  if (zip.readUInt32LE(at) !== LOCAL) throw new ZipError(`${name}: not where the list says`)
  const start = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28)
  const body = zip.subarray(start, start + packed)
  if (body.length !== packed || ![0, 8].includes(method)) throw new ZipError(`${name}: cut off`)
  // What unpacks to more than it says is not read to its end.
  const content = method === 0 || size === 0 ? body.subarray(0, size) : await inflate(body, { maxOutputLength: size })
  if (content.length !== size) throw new ZipError(`${name}: ${content.length} of ${size} bytes`)
  return content
}
