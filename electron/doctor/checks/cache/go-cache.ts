import type { Note } from '../../../contract/note.ts'
import { isAbsolute } from '../../../core/paths.ts'
import { matchesModule } from '../../../settings/go/patterns.ts'
import type { Checked, DoctorCheck, DoctorContext, Found } from '../../check.ts'
import { openBudget, within } from './budget.ts'
import { emptying, foundModule, leftOver } from './go-found.ts'
import { hashModule, type Hashes, LARGEST_ZIP } from './go-hashes.ts'
import { judge, undecided, type Verdict, type Witness } from './go-judge.ts'
import { type CachedModule, type GoCache, listModules } from './go-modules.ts'
import { type CacheSettings, cacheSettings } from './go-settings.ts'
import { askDatabase, localWitnesses, LOOK_UPS, projectSums } from './go-witnesses.ts'

/** How much is hashed at one look: the newest first; what was hashed is remembered for the next look. */
const MILLISECONDS = 1200
const BYTES = 300_000_000

/** Go's module cache, every part of it hashed without trusting go. */
export const goCacheCheck: DoctorCheck = {
  id: 'cache.go',
  category: 'cache',
  deadline: 7000,
  codes: [
    'cache.module-modified',
    'cache.zip-damaged',
    'cache.ziphash-wrong',
    'cache.mod-damaged',
    'cache.republished',
    'cache.unfinished',
  ],
  explains: ['go-checksum', 'go-zip', 'go-sumdb'],
  async applies(context) {
    const { folder } = await cacheSettings(context)
    return isAbsolute(folder) && (await context.sys.lstat(folder).catch(() => null)) !== null
  },
  async check(context, signal) {
    const settings = await cacheSettings(context)
    const { sys } = context
    const cache = await listModules(sys, settings.folder, signal)
    const looked = await lookAt(context, cache, settings, signal)
    const found: Found[] = []
    for (const { one, hashes, verdict } of looked) {
      if (verdict !== null && verdict.code !== 'undecided') found.push(await foundModule(context, one, hashes, verdict))
    }
    const size = await emptying(context, cache, signal)
    return {
      found: [...found, ...(await leftOver(context, cache))],
      facts: factsOf(cache, looked.length, size.fact),
      offers: size.offers,
    } satisfies Checked
  },
}

type Looked = { one: CachedModule; hashes: Hashes; witnesses: readonly Witness[]; verdict: Verdict | null }

async function lookAt(
  context: DoctorContext,
  cache: GoCache,
  settings: CacheSettings,
  signal: AbortSignal,
): Promise<readonly Looked[]> {
  const { sys } = context
  const budget = openBudget(MILLISECONDS, BYTES, signal)
  const goSum = await projectSums(context)
  const small = cache.modules.filter(({ zip }) => zip.size <= LARGEST_ZIP)
  const looked = await within(budget, small, async (one): Promise<Looked> => {
    const checked = matchesModule(settings.unchecked, one.path) ? null : settings.db
    const [hashes, witnesses] = await Promise.all([
      hashModule(sys, one, budget, signal),
      localWitnesses(context, settings.folder, one, checked, goSum),
    ])
    return { one, hashes, witnesses, verdict: judge(hashes, witnesses) }
  })
  return asked(context, looked, settings, signal)
}

/** Asks the checksum database for what nobody here can say: the doubtful ones first, then the newest. */
async function asked(
  context: DoctorContext,
  looked: readonly Looked[],
  { db, proxies, unchecked }: CacheSettings,
  signal: AbortSignal,
): Promise<readonly Looked[]> {
  const open = looked.filter(
    ({ one, witnesses }) => !witnesses.some(({ by }) => by === db?.name) && !matchesModule(unchecked, one.path),
  )
  const doubtful = open.filter(({ verdict }) => verdict !== null)
  const unheard = open.filter(({ verdict, witnesses }) => verdict === null && witnesses.length === 0)
  const names = [...doubtful, ...unheard].slice(0, LOOK_UPS).map(({ one }) => one)
  const answers =
    db === null ? new Map<CachedModule, Witness>() : await askDatabase(context, db, proxies, names, signal)
  return looked.map((each) => {
    const answer = answers.get(each.one)
    const witnesses = answer === undefined ? each.witnesses : [answer, ...each.witnesses]
    const verdict = answer === undefined ? each.verdict : judge(each.hashes, witnesses)
    return { ...each, witnesses, verdict: verdict?.code === 'undecided' ? undecided(each.hashes.dir) : verdict }
  })
}

function factsOf({ folder, modules }: GoCache, looked: number, size: Note): readonly Note[] {
  const key = looked < modules.length ? 'doctor-cache:fact.looked' : 'doctor-cache:fact.all'
  return [size, { key, values: { looked, modules: modules.length, path: folder } }]
}
