import { generateKeyPairSync, sign } from 'node:crypto'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { openNote, parseNoteKey } from './signed-note.ts'

/** A note key as golang.org/x/mod sumdb/note makes it, and a signer for it. */
function makeKey(name: string): { text: string; sign(note: string): string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = Buffer.concat([Buffer.of(1), publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)])
  const id = createHash('sha256').update(`${name}\n`).update(raw).digest().subarray(0, 4)
  return {
    text: `${name}+${id.toString('hex')}+${raw.toString('base64')}`,
    sign: (note) =>
      `\u2014 ${name} ${Buffer.concat([id, sign(null, Buffer.from(note), privateKey)]).toString('base64')}\n`,
  }
}

test('the example of the documentation opens, and only with its own key', () => {
  const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
  const note = `${text}\n\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`
  const key = parseNoteKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW')
  if (!key) throw new Error('key')
  expect(openNote(note, key)).toBe(text)
  expect(openNote(note.replace('your problem is', 'your problem was'), key)).toBeNull()
  const other = parseNoteKey(makeKey('PeterNeumann').text)
  if (!other) throw new Error('key')
  expect(openNote(note, other)).toBeNull()
})

test("one good signature is enough; a stranger's is passed over", () => {
  const [mine, stranger] = [makeKey('sum.example.test'), makeKey('other.example.test')]
  const key = parseNoteKey(mine.text)
  if (!key) throw new Error('key')
  expect(openNote(`x\n\n${stranger.sign('x\n')}${mine.sign('x\n')}`, key)).toBe('x\n')
  expect(openNote(`x\n\n${stranger.sign('x\n')}`, key)).toBeNull()
  expect(openNote(`x\n\n${mine.sign('y\n')}`, key)).toBeNull()
  expect(openNote('x\n', key)).toBeNull()
})

test('a key whose hash is not its own, or of another kind, is none', () => {
  const { text } = makeKey('sum.example.test')
  expect(parseNoteKey(text)).not.toBeNull()
  expect(parseNoteKey(text.replace('sum.', 'sun.'))).toBeNull()
  expect(parseNoteKey('sum.golang.org')).toBeNull()
  expect(parseNoteKey('name+00000000+AAAA')).toBeNull()
})
