import { splitGoProxy } from '../../../contract/grammar.ts'
import { under } from '../../../core/paths.ts'
import { decode, toBinary } from '../../../settings/binary.ts'
import type { Answer, Ask, MirrorHttp } from '../../../mirrors/race/adapter.ts'
import { keptSums, lookUp, type ModuleSums, type Sumdb } from '../../../mirrors/trust/sumdb.ts'
import type { DoctorContext } from '../../check.ts'
import { goProject } from '../go/project.ts'
import type { Witness } from './go-judge.ts'
import type { CachedModule } from './go-modules.ts'

/** At most as many modules are looked up outside at one look, and for at most so many milliseconds. */
export const LOOK_UPS = 20
const PATIENCE = 3000

/** What the checksum database has proved; that never changes. */
const proved = new Map<string, ModuleSums>()
const keyOf = (db: Sumdb, { escaped }: CachedModule): string => `${db.name} ${escaped}`

/** What this machine itself knows of a module: go's own look-ups, then the project's go.sum. */
export async function localWitnesses(
  { sys }: DoctorContext,
  folder: string,
  one: CachedModule,
  db: Sumdb | null,
  goSum: GoSum | null,
): Promise<readonly Witness[]> {
  const witnesses: Witness[] = []
  if (db !== null) {
    const path = under(folder, 'cache', 'download', 'sumdb', db.name, 'lookup', ...one.escaped.split('/'))
    const known = proved.get(keyOf(db, one))
    const kept = known === undefined ? await sys.readFile(path).catch(() => null) : null
    const sums = known ?? (kept === null ? null : keptSums(decode(toBinary(kept)), one))
    if (sums !== null) witnesses.push({ by: db.name, sums })
  }
  const zip = goSum?.sums.get(`${one.path} ${one.version}`)
  const goMod = goSum?.sums.get(`${one.path} ${one.version}/go.mod`) ?? null
  if (goSum !== null && zip !== undefined)
    witnesses.push({ by: goSum.path, sums: goMod === null ? { zip, goMod: null } : { zip, goMod } })
  return witnesses
}

export type GoSum = { path: string; sums: ReadonlyMap<string, string> }

/** The go.sum of the project that the person stands in; null: there is none. */
export async function projectSums(context: DoctorContext): Promise<GoSum | null> {
  const project = await goProject(context)
  if (project === null) return null
  const path = project.path.replace(/\.mod$/, '.sum')
  const bytes = await context.sys.readFile(path).catch(() => null)
  if (bytes === null) return null
  const lines = decode(toBinary(bytes)).split('\n')
  const sums = lines.flatMap((line): [string, string][] => {
    const [name, version, hash, more] = line.trim().split(/\s+/)
    return name !== undefined && version !== undefined && hash?.startsWith('h1:') && more === undefined
      ? [[`${name} ${version}`, hash]]
      : []
  })
  return { path, sums: new Map(sums) }
}

/**
 * Asks the checksum database, by the way that go itself goes (a proxy that carries it, else directly). The answers are
 * proved, so nobody on the way is trusted. What cannot be asked in time is left out.
 */
export async function askDatabase(
  context: DoctorContext,
  db: Sumdb,
  proxies: string,
  modules: readonly CachedModule[],
  outer: AbortSignal,
): Promise<ReadonlyMap<CachedModule, Witness>> {
  const answers = new Map<CachedModule, Witness>()
  if (modules.length === 0) return answers
  const signal = AbortSignal.any([outer, AbortSignal.timeout(PATIENCE)])
  const client = await context.http(PATIENCE).catch(() => null)
  try {
    if (client === null) return answers
    const http = remembering(client)
    const base = await routeTo(db, proxies, http, signal)
    // One that answers first: where nobody is reached, the others are not waited for.
    const [first, ...others] = modules.slice(0, LOOK_UPS)
    const ask = async (one: CachedModule): Promise<void> => {
      const sums = await lookUp(db, base, one, http, signal)
      if (sums === null) return
      proved.set(keyOf(db, one), sums)
      answers.set(one, { by: db.name, sums })
    }
    if (first !== undefined) await ask(first)
    await Promise.all(others.map((one) => ask(one).catch(() => {})))
  } catch {
    // Out of reach: then only what lies on this machine counts.
  } finally {
    client?.close()
  }
  outer.throwIfAborted()
  return answers
}

/** golang/go modfetch/sumdb.go: the first proxy that says it carries the database; `direct` and `off` end the list. */
async function routeTo(db: Sumdb, proxies: string, http: MirrorHttp, signal: AbortSignal): Promise<string> {
  if (db.direct) return db.url
  for (const { value } of splitGoProxy(proxies)) {
    if (value === 'direct' || value === 'off') break
    if (!/^https?:\/\//.test(value)) continue
    const base = `${value.replace(/\/+$/, '')}/sumdb/${db.name}`
    const { status } = await http.ask(`${base}/supported`, { maxBytes: 1024, timeout: 1500 }, signal)
    if (status === 200) return base
  }
  return db.url
}

/** Look-ups share most of the tiles of their proofs. */
function remembering(http: MirrorHttp): MirrorHttp {
  const known = new Map<string, Promise<Answer>>()
  return {
    ask(url: string, how: Ask, signal: AbortSignal) {
      const answer = known.get(url) ?? http.ask(url, how, signal)
      known.set(url, answer)
      return answer
    },
  }
}
