import { expect, test } from 'vitest'
import { diffText } from './diff.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const wide = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le'))

test('a byte order mark that goes is to be seen', () => {
  const diff = diffText('/f', bytes('\ufeffA=1\nB=2\n'), bytes('A=1\nB=2\n'))
  expect(diff).toContain('\n-\ufeffA=1\n+A=1\n B=2')
})

test('a secret right behind the mark is hidden all the same', () => {
  const line = '//npm.example/:_authToken=abcdef0123456789'
  expect(diffText('/f', bytes(`\ufeff${line}\n`), bytes(`${line}\n`))).not.toContain('abcdef')
})

test('a file in UTF-16 is read as what it says', () => {
  expect(diffText('/f', wide('\ufeffA=1\n'), bytes('A=1\n'))).toContain('-\ufeffA=1\n+A=1')
})
