import { createHash } from 'node:crypto'
import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { hashGoMod, hashZip, ZipError } from './dirhash.ts'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const h1 = (text: string): string => `h1:${createHash('sha256').update(text).digest('base64')}`

test('the hash of a zip is that of the sorted list of its files', () => {
  const zip = zipSync({ 'm@v1/b.go': strToU8('two'), 'm@v1/a.go': strToU8('one') })
  expect(hashZip(zip)).toBe(h1(`${sha256('one')}  m@v1/a.go\n${sha256('two')}  m@v1/b.go\n`))
  expect(hashGoMod(strToU8('module m\n'))).toBe(h1(`${sha256('module m\n')}  go.mod\n`))
})

test.each([
  ['m@v1/a.go', 'm@v1/b.go', 'm@v1/a.go'],
  ['m@v1/a.go', '__xroto__', '__proto__'],
])('a zip with a file that would not be hashed is refused', (first, second, renamed) => {
  const zip = Buffer.from(zipSync({ [first]: strToU8('one'), [second]: strToU8('two') })).toString('latin1')
  expect(() => hashZip(Buffer.from(zip.replaceAll(second, renamed), 'latin1'))).toThrow(ZipError)
  expect(hashZip(Buffer.from(zip, 'latin1'))).toMatch(/^h1:/)
})
