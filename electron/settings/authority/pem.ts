import { createPrivateKey, X509Certificate } from 'node:crypto'
import { isAbsolute } from '../../core/paths.ts'
import { causeText, CodedError } from '../../core/errors.ts'
import type { Reader } from '../../core/system.ts'

/** No chain of a person's comes near it. */
const MAX_FILE = 256 * 1024
const BLOCK = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g

/** What an authority's certificate says of itself. `ends` is ISO. */
export type AuthorityFacts = { subject: string; ends: string; fingerprint: string }

/**
 * Reads an authority: one or more certificates as PEM, each of which may sign others.
 * Throws `bad-authority` {path, reason}: `missing`, `relative`, `not-pem`, `not-authority`, `expired`, `holds-key`.
 */
export async function readAuthority(
  path: string,
  sys: Reader,
  now = Date.now(),
): Promise<{ text: string; facts: AuthorityFacts }> {
  const text = await readText(path, sys)
  // What is handed to a whole room must not carry what only its owner may have.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) throw refused(path, 'holds-key')
  const certificates = (text.match(BLOCK) ?? []).map((block) => parse(path, block))
  const [first] = certificates
  if (first === undefined) throw refused(path, 'not-pem')
  if (certificates.some((certificate) => !certificate.ca)) throw refused(path, 'not-authority')
  if (certificates.every((certificate) => Date.parse(certificate.validTo) < now))
    throw refused(path, 'expired', first.validTo)
  const facts = { subject: oneLine(first.subject), ends: isoDay(first.validTo), fingerprint: first.fingerprint256 }
  return { text: withEnd(text), facts }
}

/** Reads a client's certificate and its key and checks that they belong together. Throws as `readAuthority`; `key-differs`. */
export async function readClient(
  { cert, key }: { cert: string; key: string },
  sys: Reader,
): Promise<{ cert: string; key: string }> {
  const certText = await readText(cert, sys)
  const keyText = await readText(key, sys)
  const [block] = certText.match(BLOCK) ?? []
  if (block === undefined) throw refused(cert, 'not-pem')
  const certificate = parse(cert, block)
  let belongs: boolean
  try {
    belongs = certificate.checkPrivateKey(createPrivateKey(keyText))
  } catch (error) {
    // The key's own text must not get into a message.
    throw refused(key, 'not-pem', error instanceof Error && 'code' in error ? String(error.code) : '')
  }
  if (!belongs) throw refused(key, 'key-differs')
  return { cert: withEnd(certText), key: withEnd(keyText) }
}

async function readText(path: string, sys: Reader): Promise<string> {
  // A profile that was dropped as text has no folder; this program's own is not meant.
  if (!isAbsolute(path)) throw refused(path, 'relative')
  try {
    const real = await sys.resolve(path)
    const stat = await sys.lstat(real)
    if (stat?.kind !== 'file') throw refused(path, 'missing')
    if (stat.size > MAX_FILE) throw refused(path, 'not-pem')
    return new TextDecoder('utf-8', { fatal: true }).decode(await sys.readFile(real)).replace(/^\uFEFF/, '')
  } catch (error) {
    if (error instanceof CodedError) throw error
    throw refused(path, error instanceof TypeError ? 'not-pem' : 'missing', causeText(error))
  }
}

function parse(path: string, block: string): X509Certificate {
  try {
    return new X509Certificate(block)
  } catch (error) {
    throw refused(path, 'not-pem', causeText(error))
  }
}

const refused = (path: string, reason: string, cause?: string): CodedError =>
  new CodedError('bad-authority', { path, reason: `setting:authority.reason.${reason}` }, cause)
const withEnd = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`)
const oneLine = (text: string): string => text.replaceAll('\n', ', ')
const isoDay = (date: string): string => new Date(date).toISOString().slice(0, 10)
