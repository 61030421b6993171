import { strToU8, zipSync } from 'fflate'
import { expect, test } from 'vitest'
import { hashZip, ZipError } from '../../../mirrors/trust/dirhash.ts'
import { hashZipSlowly } from './zip.ts'

const FILES = {
  'm@v1/b.go': strToU8('two '.repeat(5000)),
  'm@v1/a.go': strToU8('one'),
  'm@v1/empty': new Uint8Array(),
  'm@v1/ä.go': strToU8('three'),
}

test.each([0, 6] as const)('the hash is the one that go computes, packed with %i', async (level) => {
  const zip = zipSync(FILES, { level })
  expect(await hashZipSlowly(zip)).toBe(hashZip(zip))
  // Out of the middle of something larger.
  const padded = Buffer.concat([Buffer.alloc(7), zip, Buffer.alloc(7)])
  expect(await hashZipSlowly(padded.subarray(7, 7 + zip.length))).toBe(hashZip(zip))
})

test('a zip that is cut off anywhere, or is none, is refused', async () => {
  const zip = zipSync(FILES)
  for (const length of [0, 10, 21, 60, zip.length - 30, zip.length - 1])
    await expect(hashZipSlowly(zip.subarray(0, length))).rejects.toThrow(ZipError)
  await expect(hashZipSlowly(strToU8('<html>'.repeat(100)))).rejects.toThrow(ZipError)
})

test('one that would unpack to more than go takes is not unpacked', async () => {
  const zip = Buffer.from(zipSync(FILES))
  const central = zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  zip.writeUInt32LE(0x7fff_ffff, central + 24)
  await expect(hashZipSlowly(zip)).rejects.toThrow('more than a module may have')
})

test('a byte that has changed in a packed file gives another hash, or no whole zip', async () => {
  const zip = zipSync(FILES)
  const good = hashZip(zip)
  const start = 30 + 'm@v1/b.go'.length
  const end = Buffer.from(zip).indexOf(Buffer.from([0x50, 0x4b, 3, 4]), start)
  expect(end).toBeGreaterThan(start + 10)
  for (let at = start; at < end; at++) {
    const bad = Uint8Array.from(zip)
    bad[at] = (bad[at] ?? 0) ^ 0xff
    const hash = await hashZipSlowly(bad).catch((error: unknown) => (error instanceof ZipError ? 'none' : 'thrown'))
    expect(hash).toMatch(/^none$|^h1:/)
    expect(hash).not.toBe(good)
  }
})

test('what unpacks to more than it says is not read to its end', async () => {
  const zip = Buffer.from(zipSync({ 'm@v1/a': new Uint8Array(1_000_000) }))
  const central = zip.indexOf(Buffer.from([0x50, 0x4b, 1, 2]))
  zip.writeUInt32LE(100, central + 24)
  await expect(hashZipSlowly(zip)).rejects.toThrow(ZipError)
})
