import { createHash, createPublicKey, verify } from 'node:crypto'

/**
 * A signed catalogue is one file, so that both parts always fit: a first line
 * `goready-catalogue-1 KEY-ID SIGNATURE` and behind its line end, byte for byte, the catalogue. The signature
 * (Ed25519, base64) is over those bytes. `scripts/sign-catalogue.mjs` writes it.
 */
const FIRST_LINE = /^goready-catalogue-1 ([0-9a-f]{16}) ([A-Za-z0-9+/]{86}==)\n/
/** No first line is longer; behind it begins what is signed. */
const LONGEST = 200

/**
 * Keys that may sign a renewal: the base64 of the DER (SPKI) of each. A new key is added before the old one is
 * given up, so that programs of both times read both. The file that comes with the program needs no signature.
 */
export const CATALOGUE_KEYS: readonly string[] = ['MCowBQYDK2VwAyEABAOvNg2URwYScjP+TknWdUMed5pnsEA+fiHLWFiTAEU=']

export type Unsigned = 'not-signed' | 'unknown-key' | 'bad-signature'

/** The first 16 hexadecimal digits of the SHA-256 of a key's DER. */
export const keyId = (key: string): string =>
  createHash('sha256').update(Buffer.from(key, 'base64')).digest('hex').slice(0, 16)

/** The catalogue out of a signed file, or why it is not to be believed. Nothing of it is read before. */
export function openSigned(bytes: Uint8Array, keys: readonly string[]): Uint8Array | Unsigned {
  const head = Buffer.from(bytes.subarray(0, LONGEST)).toString('latin1')
  const [line, id, signature = ''] = FIRST_LINE.exec(head) ?? []
  if (line === undefined) return 'not-signed'
  const key = keys.find((one) => keyId(one) === id)
  if (key === undefined) return 'unknown-key'
  const content = bytes.subarray(line.length)
  const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
  return verify(null, content, publicKey, Buffer.from(signature, 'base64')) ? content : 'bad-signature'
}
