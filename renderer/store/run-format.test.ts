import { expect, test } from 'vitest'
import { clockText, shortDigest, sizeText, splitPath } from './run-format.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [99_960, '100 kB'],
  [999_700, '1.0 MB'],
  [298_000_000, '298 MB'],
  [5e15, '5000 TB'],
])('%d bytes are %s', (bytes, text) => expect(sizeText(bytes)).toBe(text))

test.each([
  [-1, '0:00'],
  [0.2, '0:01'],
  [59.5, '1:00'],
  [61, '1:01'],
  [3661, '1:01:01'],
])('%d seconds are %s', (seconds, text) => expect(clockText(seconds)).toBe(text))

test('a digest is cut, anything else stays', () => {
  expect(shortDigest(`sha256:${'ab'.repeat(32)}`)).toBe('sha256:abababababab…')
  expect(shortDigest('none')).toBe('none')
})

test.each([
  ['/home/a/.profile', '.profile', '/home/a'],
  ['C:\\Users\\李\\x.json', 'x.json', 'C:\\Users\\李'],
  ['x', 'x', ''],
])('%s is cut into its name and folder', (path, name, folder) => expect(splitPath(path)).toEqual({ name, folder }))
