/** What an InRelease says of its suite. */
export type Release = {
  names: readonly string[]
  /** ISO. */
  date: string
  /** ISO; null where the suite does not end (a stable release). */
  validUntil: string | null
  /** Files can be asked for by their hash, which no synchronisation can disturb. */
  byHash: boolean
  /** Path below the suite to what its bytes have to be. */
  files: ReadonlyMap<string, { size: number; sha256: string }>
}

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----\n'
const SIGNATURE = '\n-----BEGIN PGP SIGNATURE-----\n'
const END = '-----END PGP SIGNATURE-----'

/**
 * Reads the signed part of an InRelease; null for anything else, such as text before or after the signed part, which
 * a signature does not cover. The signature itself is not looked at here.
 * Source: wiki.debian.org/DebianRepository/Format; RFC 4880, 7 (cleartext signatures).
 */
export function parseInRelease(text: string): Release | null {
  const signed = signedPart(text.replaceAll('\r\n', '\n'))
  if (signed === null) return null
  const fields = fieldsOf(signed)
  const date = isoOf(fields.get('date'))
  if (date === null) return null
  const until = fields.get('valid-until')
  const validUntil = isoOf(until)
  if (until !== undefined && validUntil === null) return null
  const names = [fields.get('codename'), fields.get('suite')].filter((name) => name !== undefined)
  return {
    names,
    date,
    validUntil,
    byHash: fields.get('acquire-by-hash') === 'yes',
    files: filesOf(fields.get('sha256')),
  }
}

function signedPart(text: string): string | null {
  const body = text.indexOf('\n\n')
  const signature = text.indexOf(SIGNATURE)
  const whole = text.startsWith(BEGIN) && text.trimEnd().endsWith(END) && body > 0 && signature > body
  if (!whole || text.indexOf(BEGIN, 1) >= 0 || text.indexOf(SIGNATURE, signature + 1) >= 0) return null
  return text.slice(body + 2, signature).replace(/^- /gm, '')
}

/** The fields of a stanza, names in lower case; lines that go on are joined by line ends. */
function fieldsOf(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  let name = ''
  for (const line of text.split('\n')) {
    if (/^[ \t]/.test(line)) fields.set(name, `${fields.get(name) ?? ''}\n${line.trim()}`)
    else {
      const colon = line.indexOf(':')
      name = line.slice(0, Math.max(colon, 0)).toLowerCase()
      fields.set(name, line.slice(colon + 1).trim())
    }
  }
  return fields
}

function filesOf(list = ''): Release['files'] {
  return new Map(
    list.split('\n').flatMap((line): [string, { size: number; sha256: string }][] => {
      const [, sha256, size, path] = /^([0-9a-f]{64})\s+(\d+)\s+(\S+)$/.exec(line) ?? []
      return sha256 === undefined || path === undefined ? [] : [[path, { size: Number(size), sha256 }]]
    }),
  )
}

function isoOf(text: string | undefined): string | null {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}
