import { expect, test } from 'vitest'
import { binaryKey } from './signatures.ts'

const [BEGIN, END] = ['-----BEGIN PGP PUBLIC KEY BLOCK-----', '-----END PGP PUBLIC KEY BLOCK-----']
const read = (text: string): string => Buffer.from(binaryKey(new TextEncoder().encode(text))).toString('latin1')
const body = Buffer.from('the key').toString('base64')

test.each(['\n', '\r\n'])('a key in armour is read with its headers and checksum, and without', (end) => {
  const text = (...lines: readonly string[]): string => [BEGIN, ...lines, END, ''].join(end)
  expect(read(text('', body))).toBe('the key')
  expect(read(text('Version: x', 'Comment: y z', '', body, '=abcd'))).toBe('the key')
  expect(read(text('', body) + text('Version: x', '', body))).toBe('the keythe key')
})

test('a key that was cut off or lacks its empty line holds nothing, and nobody up', () => {
  const begin = performance.now()
  const lines = `${'A'.repeat(64)}\n`.repeat(2000)
  expect(read(`${BEGIN}\n${lines}${END}\n`)).toBe('')
  expect(read(`${BEGIN}\nVersion: x\n\n${lines}`)).toBe('')
  expect(performance.now() - begin).toBeLessThan(3000)
})
