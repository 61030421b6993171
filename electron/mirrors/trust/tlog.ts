import { createHash } from 'node:crypto'

/** 256 hashes of one level of the log's tree; the last one of a level may hold fewer. */
export type Tile = { level: number; index: number; width: number }

/** The size of a checksum database's log and the hash over all of it, as the signed note says them. */
export type Tree = { size: number; root: Buffer }

/** A tile's hashes, 32 bytes each. */
export type ReadTile = (tile: Tile) => Promise<Uint8Array>

const HEIGHT = 8
const FULL = 2 ** HEIGHT

/** Reads the text of a signed note of the log; null when it is something else. Source: sumdb/tlog (`ParseTree`). */
export function parseTree(text: string): Tree | null {
  const match = /^go\.sum database tree\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n/.exec(text)
  if (!match) return null
  return { size: Number(match[1]), root: Buffer.from(match[2] ?? '', 'base64') }
}

/** The path of a tile under the database's address. Source: sumdb/tlog (`Tile.Path`). */
export function tilePath({ level, index, width }: Tile): string {
  const last = String(index % 1000).padStart(3, '0')
  let path = last
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  return `tile/${HEIGHT}/${level}/${path}${width === FULL ? '' : `.p/${width}`}`
}

/**
 * The tiles by which a client proves one record of a log of `size`: on each level the one above the record and the
 * last one, by which the tree's own hash is known. Source: sumdb/tlog (`TileHashReader`).
 */
export function tilesFor(size: number, id: number): readonly Tile[] {
  const tiles = new Map<string, Tile>()
  for (let level = 0; ; level++) {
    const hashes = Math.floor(size / 2 ** (level * HEIGHT))
    if (hashes === 0) return [...tiles.values()]
    const last = Math.floor((hashes - 1) / FULL)
    for (const index of [Math.min(Math.floor(id / 2 ** ((level + 1) * HEIGHT)), last), last]) {
      const tile = { level, index, width: Math.min(hashes - index * FULL, FULL) }
      tiles.set(tilePath(tile), tile)
    }
  }
}

/**
 * Whether the log of `tree` holds `record` at position `id`: the proof of RFC 6962, computed from tiles. The
 * tiles need no trust of their own: only true ones lead to the signed root.
 */
export async function holdsRecord(tree: Tree, id: number, record: Uint8Array, read: ReadTile): Promise<boolean> {
  if (!Number.isSafeInteger(id) || id < 0 || id >= tree.size) return false
  const hashes = new TreeHashes(tree.size, read)
  const root = await hashes.through(0, tree.size, id, sha256(Buffer.of(0), record))
  return root.equals(tree.root)
}

/** Hashes of ranges of leaves; each tile is read once. */
class TreeHashes {
  readonly #size: number
  readonly #read: ReadTile
  readonly #tiles = new Map<string, Promise<Uint8Array>>()

  constructor(size: number, read: ReadTile) {
    this.#size = size
    this.#read = read
  }

  /** The hash of the leaves [from, to) in which leaf `id` has the hash `leaf`. */
  async through(from: number, to: number, id: number, leaf: Buffer): Promise<Buffer> {
    if (to - from === 1) return leaf
    const middle = from + splitOf(to - from)
    const [left, right] =
      id < middle
        ? await Promise.all([this.through(from, middle, id, leaf), this.of(middle, to)])
        : await Promise.all([this.of(from, middle), this.through(middle, to, id, leaf)])
    return node(left, right)
  }

  /** The hash of the leaves [from, to) as the log has them. */
  async of(from: number, to: number): Promise<Buffer> {
    const size = to - from
    if (2 ** Math.floor(Math.log2(size)) === size) return this.#complete(Math.log2(size), from / size)
    const middle = from + splitOf(size)
    const [left, right] = await Promise.all([this.of(from, middle), this.of(middle, to)])
    return node(left, right)
  }

  /** The hash of the complete subtree of 2^level leaves with that index. */
  async #complete(level: number, index: number): Promise<Buffer> {
    const stored = Math.floor(level / HEIGHT)
    const count = 2 ** (level - stored * HEIGHT)
    const first = index * count
    const tile = await this.#tile(stored, Math.floor(first / FULL))
    let row: readonly Buffer[] = Array.from({ length: count }, (_, at) => {
      const start = ((first % FULL) + at) * 32
      return Buffer.from(tile.subarray(start, start + 32))
    })
    while (row.length > 1)
      row = Array.from({ length: row.length / 2 }, (_, at) =>
        node(row[2 * at] ?? Buffer.alloc(0), row[2 * at + 1] ?? Buffer.alloc(0)),
      )
    return row[0] ?? Buffer.alloc(0)
  }

  #tile(level: number, index: number): Promise<Uint8Array> {
    const there = Math.floor(this.#size / 2 ** (level * HEIGHT)) - index * FULL
    const tile = { level, index, width: Math.min(there, FULL) }
    const name = tilePath(tile)
    const known = this.#tiles.get(name) ?? this.#read(tile)
    this.#tiles.set(name, known)
    return known
  }
}

/** The largest power of two below `size`. */
const splitOf = (size: number): number => 2 ** Math.floor(Math.log2(size - 1))

const node = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.of(1), left, right)

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
