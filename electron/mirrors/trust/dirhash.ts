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
  const files = Object.entries(unzip(bytes)).map(([name, content]) => ({ name: Buffer.from(name), content }))
  if (files.length === 0) throw new ZipError('an empty zip')
  const all = createHash('sha256')
  // Go sorts by bytes, not by UTF-16 units.
  for (const { name, content } of files.toSorted((a, b) => Buffer.compare(a.name, b.name)))
    all
      .update(`${hex(content)}  `)
      .update(name)
      .update('\n')
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
