import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'

/** The public key of a checksum database; the text form is `name+hash+key`. */
export type NoteKey = { name: string; id: Uint8Array; key: KeyObject }

/** What stands before the 32 bytes of a raw Ed25519 key in DER (RFC 8410). */
const ED25519_DER = Buffer.from('302a300506032b6570032100', 'hex')
const ED25519 = 1

/**
 * Reads `name+hash+key`; null for anything that is not an Ed25519 key with its own hash.
 * Source: golang.org/x/mod sumdb/note (`NewVerifier`).
 */
export function parseNoteKey(text: string): NoteKey | null {
  const match = /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text)
  if (!match) return null
  const [, name = '', hash = '', encoded = ''] = match
  const raw = Buffer.from(encoded, 'base64')
  const id = createHash('sha256').update(`${name}\n`).update(raw).digest().subarray(0, 4)
  if (raw.length !== 33 || raw[0] !== ED25519 || id.toString('hex') !== hash) return null
  const key = createPublicKey({ key: Buffer.concat([ED25519_DER, raw.subarray(1)]), format: 'der', type: 'spki' })
  return { name, id, key }
}

/**
 * The text of a note that `key` signed; null when the note is malformed or has no good signature of it.
 * Signatures of other keys are passed over. Source: golang.org/x/mod sumdb/note (`Open`).
 */
export function openNote(note: string, key: NoteKey): string | null {
  const at = note.lastIndexOf('\n\n')
  if (at < 0 || !note.endsWith('\n')) return null
  const text = note.slice(0, at + 1)
  const lines = note.slice(at + 2, -1).split('\n')
  return lines.some((line) => signedBy(line, text, key)) ? text : null
}

function signedBy(line: string, text: string, key: NoteKey): boolean {
  const [, name, encoded] = /^\u2014 (\S+) ([A-Za-z0-9+/]+={0,2})$/.exec(line) ?? []
  if (name !== key.name || encoded === undefined) return false
  const raw = Buffer.from(encoded, 'base64')
  if (raw.length !== 68 || !raw.subarray(0, 4).equals(key.id)) return false
  return verify(null, Buffer.from(text), key.key, raw.subarray(4))
}
