import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { holdsRecord, parseTree, type ReadTile, tilePath, tilesFor } from './tlog.ts'

const sha = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
const recordOf = (id: number): Buffer => Buffer.from(`record ${id}\n`)

/** A log of `size` records by the plain definition of RFC 6962, and its tiles. */
function makeLog(size: number): { root: Buffer; read: ReadTile; reads: () => number } {
  const leaves = Array.from({ length: size }, (_, id) => sha(Buffer.of(0), recordOf(id)))
  const rootOf = (list: readonly Buffer[]): Buffer => {
    if (list.length === 1) return list[0] ?? Buffer.alloc(0)
    let split = 1
    while (split * 2 < list.length) split *= 2
    return sha(Buffer.of(1), rootOf(list.slice(0, split)), rootOf(list.slice(split)))
  }
  let reads = 0
  const read: ReadTile = ({ level, index, width }) => {
    reads++
    const span = 256 ** level
    const hashes = Array.from({ length: width }, (_, at) => {
      const from = (index * 256 + at) * span
      return rootOf(leaves.slice(from, from + span))
    })
    return Promise.resolve(Buffer.concat(hashes))
  }
  return { root: rootOf(leaves), read, reads: () => reads }
}

test.each([1, 2, 3, 7, 8, 255, 256, 257, 600])(
  'a log of %i: each record is proved, at its own place only',
  async (size) => {
    const { root, read } = makeLog(size)
    const ids = size < 20 ? Array.from({ length: size }, (_, id) => id) : [0, 1, 100, 254, size - 2, size - 1]
    for (const id of ids) {
      expect(await holdsRecord({ size, root }, id, recordOf(id), read)).toBe(true)
      expect(await holdsRecord({ size, root }, id, Buffer.from('forged\n'), read)).toBe(false)
      expect(await holdsRecord({ size, root }, (id + 1) % size, recordOf(id), read)).toBe(size === 1)
    }
    expect(await holdsRecord({ size, root }, size, recordOf(0), read)).toBe(false)
  },
)

test('a log of 70,000 needs three levels and few tiles', async () => {
  const size = 70_000
  const { root, read, reads } = makeLog(size)
  expect(await holdsRecord({ size, root }, 65_535, recordOf(65_535), read)).toBe(true)
  expect(reads()).toBeLessThan(8)
})

test('a forged tile does not lead to the signed root', async () => {
  const { root, read } = makeLog(300)
  const forged: ReadTile = async (tile) => {
    const bytes = Buffer.from(await read(tile))
    bytes[40] = (bytes[40] ?? 0) ^ 1
    return bytes
  }
  expect(await holdsRecord({ size: 300, root }, 5, recordOf(5), forged)).toBe(false)
})

test('tile paths and tree notes as the database writes them', () => {
  expect(tilePath({ level: 0, index: 5, width: 256 })).toBe('tile/8/0/005')
  expect(tilePath({ level: 1, index: 1_234_067, width: 3 })).toBe('tile/8/1/x001/x234/067.p/3')
  const root = Buffer.alloc(32, 7).toString('base64')
  expect(parseTree(`go.sum database tree\n42\n${root}\n`)).toEqual({ size: 42, root: Buffer.alloc(32, 7) })
  expect(parseTree(`another tree\n42\n${root}\n`)).toBeNull()
  expect(parseTree(`go.sum database tree\n-1\n${root}\n`)).toBeNull()
})

test.each([1, 8, 255, 256, 257, 600, 70_000])(
  'a log of %i: what proves a record is among the tiles for it',
  async (size) => {
    for (const id of [0, size >> 1, size - 1]) {
      const tiles = new Set(tilesFor(size, id).map(tilePath))
      const missing: string[] = []
      const read: ReadTile = async (tile) => {
        if (!tiles.has(tilePath(tile))) missing.push(tilePath(tile))
        return new Uint8Array(tile.width * 32)
      }
      await holdsRecord({ size, root: Buffer.alloc(32) }, id, recordOf(id), read)
      expect(missing).toEqual([])
      expect(tiles.size).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(size + 1) / 8))
    }
  },
)
