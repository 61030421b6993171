import { z } from 'zod'
import type { MirrorHttp } from '../race/adapter.ts'
import { type NoteKey, openNote, parseNoteKey } from './signed-note.ts'
import { holdsRecord, parseTree, type Tile, tilePath } from './tlog.ts'

/** The key that `go` has built in. Source: golang/go src/cmd/go/internal/modfetch/key.go. */
const GOLANG_KEY = 'sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8'

/** A checksum database: whose signature counts, and where it answers itself. */
export type Sumdb = {
  name: string
  key: NoteKey
  url: string
  /** GOSUMDB names an address: `go` then asks it directly and never through a proxy. */
  direct: boolean
}

/**
 * What a value of GOSUMDB means; null for `off` and for a name whose key is not known.
 * Source: golang/go modfetch/sumdb.go (`dbDial`): `sum.golang.google.cn` is an alias of the database of golang.org.
 */
export function readSumdb(value: string): Sumdb | null {
  const [first = '', address] = value.trim().split(/\s+/)
  const alias = first === 'sum.golang.google.cn'
  const named = first === '' || first === 'sum.golang.org' || alias ? GOLANG_KEY : first
  const key = parseNoteKey(named)
  if (!key) return null
  const own = address ?? (alias ? 'https://sum.golang.google.cn' : undefined)
  return { name: key.name, key, url: (own ?? `https://${key.name}`).replace(/\/+$/, ''), direct: own !== undefined }
}

/** Milliseconds for each request: where the database is out of reach, nothing waits for it longer. */
const PATIENCE = 1500

const idSchema = z.coerce.number().int().nonnegative()

/** What the database says of one module version: go.sum's two hashes. */
export type ModuleSums = { zip: string; goMod: string }

/**
 * Asks the database under `base` (its own address, or a proxy's `/sumdb/<name>`) and proves the answer: the tree is
 * signed with the database's key, and the record is in that tree. So it does not matter who carries it.
 * `escaped`: `module@version` with `!` escapes. Null where it has no such module or the proof fails; throws
 * `OutError` where it cannot be reached.
 * Source: golang.org/x/mod sumdb (client.go).
 */
export async function lookUp(
  db: Sumdb,
  base: string,
  module: { path: string; version: string; escaped: string },
  http: MirrorHttp,
  signal: AbortSignal,
): Promise<ModuleSums | null> {
  const answer = await http.ask(`${base}/lookup/${module.escaped}`, { maxBytes: 64 * 1024, timeout: PATIENCE }, signal)
  if (answer.status !== 200 || !answer.complete) return null
  const record = splitRecord(new TextDecoder().decode(answer.body))
  const text = record === null ? null : openNote(record.note, db.key)
  const tree = text === null ? null : parseTree(text)
  if (record === null || tree === null) return null
  const read = (tile: Tile): Promise<Uint8Array> => readTile(base, tile, http, signal)
  if (!(await holdsRecord(tree, record.id, Buffer.from(record.text), read))) return null
  return sumsOf(record.text, module.path, module.version)
}

/** One record of the log, and the signed tree that came with it. */
export type SumdbRecord = { id: number; text: string; note: string }

/** The answer to a look-up: the record's number, its lines, a blank line, the signed tree. Source: tlog `ParseRecord`. */
export function splitRecord(body: string): SumdbRecord | null {
  const line = body.indexOf('\n')
  const blank = body.indexOf('\n\n')
  const id = idSchema.safeParse(body.slice(0, line))
  if (line <= 0 || blank <= line || !id.success) return null
  return { id: id.data, text: body.slice(line + 1, blank + 1), note: body.slice(blank + 2) }
}

/**
 * What a look-up says that `go` itself proved and then kept (cache/download/sumdb/NAME/lookup/…): nothing is proved
 * again. Null for anything else.
 */
export function keptSums(body: string, module: { path: string; version: string }): ModuleSums | null {
  const record = splitRecord(body)
  return record === null ? null : sumsOf(record.text, module.path, module.version)
}

function sumsOf(text: string, path: string, version: string): ModuleSums | null {
  const lines = text.split('\n')
  const find = (start: string): string | undefined =>
    lines.find((line) => line.startsWith(`${start} h1:`))?.slice(start.length + 1)
  const zip = find(`${path} ${version}`)
  const goMod = find(`${path} ${version}/go.mod`)
  return zip === undefined || goMod === undefined ? null : { zip, goMod }
}

/** One that has filled up since is no longer served in part: then the whole one, whose beginning is the same. */
async function readTile(base: string, tile: Tile, http: MirrorHttp, signal: AbortSignal): Promise<Uint8Array> {
  for (const width of tile.width === 256 ? [256] : [tile.width, 256]) {
    const answer = await http.ask(
      `${base}/${tilePath({ ...tile, width })}`,
      { maxBytes: 8192, timeout: PATIENCE },
      signal,
    )
    if (answer.status === 200 && answer.body.length === width * 32) return answer.body.subarray(0, tile.width * 32)
  }
  return new Uint8Array(tile.width * 32)
}
