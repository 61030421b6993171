import { createHash } from 'node:crypto'
import { type Unzipped, unzipSync } from 'fflate'
import { causeText } from '../../core/errors.ts'

/** Go takes zips of modules up to 500 MB unpacked; what a race reads is far smaller (golang.org/x/mod zip). */
const MAX_UNPACKED = 128 * 1024 * 1024

/** A zip that cannot be read. The message says why. */
export class ZipError extends Error {
  constructor(cause: string) {
    super(cause)
    this.name = 'ZipError'
  }
}

/** The `h1:` hash over the files of a module's zip. Throws `ZipError`. Source: golang.org/x/mod sumdb/dirhash. */
export function hashZip(bytes: Uint8Array): string {
  return hashList(Object.entries(unzip(bytes)).map(([name, content]) => ({ name, sha256: hex(content) })))
}

/**
 * The `h1:` hash over a list of files, each with the SHA-256 of its content in hex. Throws `ZipError` for none.
 * Source: golang.org/x/mod sumdb/dirhash (`Hash1`).
 */
export function hashList(files: readonly { name: string; sha256: string }[]): string {
  if (files.length === 0) throw new ZipError('an empty zip')
  const named = files.map(({ name, sha256 }) => ({ name: Buffer.from(name), sha256 }))
  const all = createHash('sha256')
  // Go sorts by bytes, not by UTF-16 units.
  for (const { name, sha256 } of named.toSorted((a, b) => Buffer.compare(a.name, b.name)))
    all.update(`${sha256}  `).update(name).update('\n')
  return `h1:${all.digest('base64')}`
}

/** The `h1:` hash of a go.mod alone, as go.sum has it. */
export function hashGoMod(bytes: Uint8Array): string {
  return `h1:${createHash('sha256')
    .update(`${hex(bytes)}  go.mod\n`)
    .digest('base64')}`
}

function unzip(bytes: Uint8Array): Unzipped {
  let unpacked = 0
  const names = new Set<string>()
  try {
    return unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        // An object keeps one of two, and nothing of this name: what is hashed would not be what is in the zip.
        if (names.has(name) || name === '__proto__') throw new ZipError(`a zip with ${name} twice or out of place`)
        names.add(name)
        unpacked += originalSize
        if (unpacked > MAX_UNPACKED) throw new ZipError('a zip of more than 128 MB')
        return true
      },
    })
  } catch (error) {
    throw new ZipError(causeText(error))
  }
}

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
