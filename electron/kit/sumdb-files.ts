import { readFile } from 'node:fs/promises'
import { CodedError, errno } from '../core/errors.ts'
import { openNote } from '../mirrors/trust/signed-note.ts'
import { type SumdbRecord, splitRecord, type Sumdb } from '../mirrors/trust/sumdb.ts'
import { holdsRecord, parseTree, type Tile, tilePath, tilesFor, type Tree } from '../mirrors/trust/tlog.ts'
import { filesBelow } from './folder.ts'

/** Fetches a file of the database by its path; null where it is not to be had. */
export type AskSumdb = (path: string) => Promise<Uint8Array | null>

/**
 * The part of a checksum database that proves the modules of a cache to anybody who has its key: the answer to each
 * look-up, all with the same signed tree, the newest that was seen, and the tiles that lead from each record to
 * that tree. So it does not matter in which order `go` asks, and it needs no proof between two trees.
 * Every record is proved here as well. By path under the database's address.
 * Source: golang.org/x/mod sumdb (client.go), sumdb/tlog; cmd/go modfetch/sumdb.go (`supported`).
 */
export async function sumdbFiles(
  cache: string,
  database: Sumdb,
  ask: AskSumdb,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const folder = `${cache}/sumdb/${database.name}`
  const lookups = (await filesBelow(folder)).filter((path) => path.startsWith('lookup/'))
  const records = new Map<string, SumdbRecord>()
  let newest: { tree: Tree; note: string } | null = null
  for (const path of lookups) {
    const record = splitRecord(await readFile(`${folder}/${path}`, 'utf8'))
    const text = record === null ? null : openNote(record.note, database.key)
    const tree = text === null ? null : parseTree(text)
    if (record === null || tree === null) throw unproved(database, path)
    records.set(path, record)
    if (newest === null || tree.size > newest.tree.size) newest = { tree, note: record.note }
  }
  const files = new Map<string, Uint8Array>([['supported', new Uint8Array()]])
  if (newest === null) return files
  const { tree, note } = newest
  const read = async (tile: Tile): Promise<Uint8Array> => {
    const path = tilePath(tile)
    const known = files.get(path)
    if (known !== undefined) return known
    signal.throwIfAborted()
    const bytes = await findTile(tile, folder, ask)
    if (bytes === null) throw unproved(database, path)
    files.set(path, bytes)
    return bytes
  }
  for (const [path, record] of records) {
    // More than a proof reads: `go` takes the way through whole tiles, level by level.
    for (const tile of tilesFor(tree.size, record.id)) await read(tile)
    if (!(await holdsRecord(tree, record.id, Buffer.from(record.text), read))) throw unproved(database, path)
    files.set(path, Buffer.from(`${record.id}\n${record.text}\n${note}`))
  }
  return files
}

/** One that has filled up since is served whole only; its beginning is the same. */
async function findTile(tile: Tile, folder: string, ask: AskSumdb): Promise<Uint8Array | null> {
  const length = tile.width * 32
  for (const width of tile.width === 256 ? [256] : [tile.width, 256]) {
    const path = tilePath({ ...tile, width })
    const bytes = (await readOrNull(`${folder}/${path}`)) ?? (await ask(path))
    if (bytes !== null && bytes.length === width * 32) return bytes.subarray(0, length)
  }
  return null
}

async function readOrNull(path: string): Promise<Uint8Array | null> {
  return readFile(path).catch((error: unknown) => {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return null
    throw error
  })
}

const unproved = ({ name }: Sumdb, path: string): CodedError =>
  new CodedError('module-download-failed', { proxy: name }, `${name}: ${path} can’t be proved`)
