import { z } from 'zod'
import {
  type Adapter,
  type Answer,
  type Bulk,
  type Candidate,
  type Check,
  type Judgement,
  type MirrorHttp,
  OutError,
} from '../race/adapter.ts'
import { hashGoMod, hashZip, ZipError } from '../trust/dirhash.ts'
import { lookUp, type ModuleSums, readSumdb, type Sumdb } from '../trust/sumdb.ts'
import {
  askFor,
  askWhole,
  HEAD_BYTES,
  headRange,
  joinUrl,
  jsonOf,
  refusal,
  refusePage,
  sizeOf,
  textOf,
  together,
} from './answers.ts'
import { type Authority, broken, isBroken, type Out } from './compare.ts'
import type { GoContext } from './context.ts'
import { judgeAges } from './judge-ages.ts'
import { judgeItems } from './judge-items.ts'
import { compareSemver, isRelease } from './versions.ts'

type Module = { path: string; version: string }

const infoSchema = z.object({ Version: z.string().min(1), Time: z.string().optional() })
/** Proxies that are asked for the checksum database beside its own address. */
const MAX_ROUTES = 3

/**
 * Go module proxies. A small zip is hashed as `go` does and compared with the checksum database, whose answer is
 * proved by its signature and its tree, so a proxy may carry it; a large one is measured; the newest version of
 * its module tells how fresh the proxy is.
 * Source: go.dev/ref/mod (GOPROXY protocol, checksum database).
 */
export function goAdapter(context: GoContext, now: () => number): Adapter {
  const { proof, bulk } = context
  const db = readSumdb(context.sumdb)
  const items = { zip: `${nameOf(proof)} zip`, goMod: `${nameOf(proof)} go.mod`, latest: `${bulk.path} latest` }
  /** What the database says of the module that is measured, once it was asked. */
  let bulkSums: ModuleSums | null = null
  const whole: Bulk['whole'] = (body) => {
    const hash = zipSays(body)
    const wrong = isBroken(hash) || (bulkSums !== null && bulkSums.zip !== hash)
    return wrong ? `${nameOf(bulk)}: ${hash}${bulkSums === null ? '' : `, ${db?.name ?? ''}: ${bulkSums.zip}`}` : null
  }

  return {
    target: 'go',
    artefact: nameOf(bulk),
    async check(candidate, http, signal) {
      const base = candidate.url
      const [latest, zip, goMod, head, sumdb] = await together(signal, (inner) =>
        Promise.all([
          newestOf(base, bulk.path, http, inner),
          askWhole(
            http,
            joinUrl(base, `${fileOf(proof)}.zip`),
            { what: `${nameOf(proof)}.zip`, maxBytes: 1 << 20 },
            inner,
          ),
          askWhole(http, joinUrl(base, `${fileOf(proof)}.mod`), { what: `${nameOf(proof)}.mod` }, inner),
          headOf(joinUrl(base, `${fileOf(bulk)}.zip`), nameOf(bulk), http, inner),
          db === null || db.direct ? null : supports(joinUrl(base, `sumdb/${db.name}/supported`), http, inner),
        ]),
      )
      refusePage(zip, items.zip)
      refusePage(goMod, items.goMod)
      if (!/^[ \t]*module[ \t]/m.test(textOf(goMod))) throw new OutError('not-artefact', `${items.goMod}: not a go.mod`)
      return {
        says: {
          [items.zip]: zipSays(zip.body),
          [items.goMod]: hashGoMod(goMod.body),
          [items.latest]: latest.version,
          ...(sumdb === null ? {} : { sumdb: sumdb ? 'supported' : 'unsupported' }),
        },
        date: latest.date,
        bulk: { url: joinUrl(base, `${fileOf(bulk)}.zip`), headers: {}, size: sizeOf(head), whole },
      }
    },
    async judge(checks, candidates, http, signal) {
      const routes = db === null ? [] : routesOf(db, checks, candidates)
      const [proofSums, sums] = await Promise.all([
        prove(db, routes, proof, http, signal),
        nameOf(bulk) === nameOf(proof) ? null : prove(db, routes, bulk, http, signal),
      ])
      bulkSums = sums ?? (nameOf(bulk) === nameOf(proof) ? proofSums : null)
      return judgeGo(checks, candidates, items, { db, sums: proofSums }, now())
    },
  }
}

const nameOf = ({ path, version }: Module): string => `${path}@${version}`

/** An upper-case letter is written as `!` and its lower case (golang.org/x/mod module `EscapePath`). */
const escape = (text: string): string => text.replace(/[A-Z]/g, (letter) => `!${letter.toLowerCase()}`)
const fileOf = ({ path, version }: Module): string => `${escape(path)}/@v/${escape(version)}`

function zipSays(body: Uint8Array): string {
  try {
    return hashZip(body)
  } catch (error) {
    if (error instanceof ZipError) return broken(error.message)
    throw error
  }
}

/** The newest release as `go` finds it: the highest of the list, or `@latest` where the list is empty. */
async function newestOf(
  base: string,
  path: string,
  http: MirrorHttp,
  signal: AbortSignal,
): Promise<{ version: string; date: string | null }> {
  const url = (file: string): string => joinUrl(base, `${escape(path)}/${file}`)
  const [list, latest] = await together(signal, (inner) =>
    Promise.all([
      http.ask(url('@v/list'), { maxBytes: 256 * 1024 }, inner),
      http.ask(url('@latest'), { maxBytes: 64 * 1024 }, inner),
    ]),
  )
  const said = latest.status === 200 ? jsonOf(infoSchema, latest, `${path}/@latest`) : null
  const highest = list.status === 200 ? highestOf(list, path) : null
  if (highest === null && said === null) throw refusal(list.status === 200 ? latest : list, `${path}/@v/list`)
  if (highest === null || said?.Version === highest) return { version: said?.Version ?? '', date: said?.Time ?? null }
  const info = await askFor(http, url(`@v/${escape(highest)}.info`), { what: `${path}@${highest}.info` }, signal)
  return { version: highest, date: jsonOf(infoSchema, info, `${path}@${highest}.info`).Time ?? null }
}

function highestOf(list: Answer, path: string): string | null {
  const what = `${path}/@v/list`
  refusePage(list, what)
  const lines = textOf(list)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (!lines.every((line) => /^v\d+\.\d+\.\d+\S*$/.test(line)))
    throw new OutError('not-artefact', `${what}: not a list of versions`)
  const releases = lines.filter(isRelease)
  return (releases.length > 0 ? releases : lines).toSorted(compareSemver).at(-1) ?? null
}

/** The beginning of a zip: that it is there, and one. */
async function headOf(url: string, name: string, http: MirrorHttp, signal: AbortSignal): Promise<Answer> {
  const answer = await askFor(http, url, { what: `${name}.zip`, headers: headRange, maxBytes: HEAD_BYTES }, signal)
  refusePage(answer, `${name}.zip`)
  if (answer.body[0] !== 0x50 || answer.body[1] !== 0x4b) throw new OutError('not-artefact', `${name}.zip: not a zip`)
  return answer
}

/** Whether a proxy carries the checksum database: 200 says yes, anything else that `go` has to go there itself. */
async function supports(url: string, http: MirrorHttp, signal: AbortSignal): Promise<boolean> {
  return (await http.ask(url, { maxBytes: 1024 }, signal)).status === 200
}

/** Where the database can be asked: itself, and by the way of proxies that carry it. */
function routesOf(db: Sumdb, checks: ReadonlyMap<string, Check>, candidates: readonly Candidate[]): readonly string[] {
  const proxies = candidates.filter(({ id }) => checks.get(id)?.says.sumdb === 'supported')
  return [db.url, ...proxies.slice(0, MAX_ROUTES).map(({ url }) => joinUrl(url, `sumdb/${db.name}`))]
}

/** The first proved answer of any route; null where none gives one. */
async function prove(
  db: Sumdb | null,
  routes: readonly string[],
  module: Module,
  http: MirrorHttp,
  signal: AbortSignal,
): Promise<ModuleSums | null> {
  if (db === null || routes.length === 0) return null
  const escaped = `${escape(module.path)}@${escape(module.version)}`
  try {
    return await together(signal, (inner) =>
      Promise.any(
        routes.map(async (base) => {
          const sums = await lookUp(db, base, { ...module, escaped }, http, inner)
          if (sums === null) throw new OutError('wrong-content', `${base}: no proved answer`)
          return sums
        }),
      ),
    )
  } catch {
    signal.throwIfAborted()
    return null
  }
}

type Items = { zip: string; goMod: string; latest: string }

function judgeGo(
  checks: ReadonlyMap<string, Check>,
  candidates: readonly Candidate[],
  items: Items,
  proof: { db: Sumdb | null; sums: ModuleSums | null },
  now: number,
): Judgement {
  const out = new Map<string, Out>()
  const { db, sums } = proof
  const authority = (item: string): Authority | null =>
    db === null || sums === null
      ? null
      : { name: db.name, url: db.url, value: item === items.zip ? sums.zip : sums.goMod }
  const { conflicts } = judgeItems([items.zip, items.goMod], checks, candidates, out, { authority })
  // A majority alone proves nothing: here the database alone makes a proxy safe.
  const safe = new Set(sums === null ? [] : [...checks.keys()].filter((id) => !out.has(id)))
  const ages = judgeAges(items.latest, checks, candidates, compareSemver, now, out)
  return { out, conflicts: [...conflicts, ...ages.conflicts], safe, fresh: ages.fresh }
}
