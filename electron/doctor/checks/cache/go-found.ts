import type { Note } from '../../../contract/note.ts'
import type { TreeChange } from '../../../contract/plan.ts'
import type { DoctorContext, Found, Repair } from '../../check.ts'
import type { Hashes } from './go-hashes.ts'
import type { Part, Verdict } from './go-judge.ts'
import type { CachedModule, GoCache } from './go-modules.ts'
import { sizeText } from './size.ts'
import { filesBelow, sizeOf } from './tree-files.ts'

const DAY = 86_400_000
/** For the size of the whole cache; with more files than can be counted by then it is told as "at least". */
const COUNTING = 500

/** A module that is not what it should be. The repair takes exactly its bad parts away. */
export async function foundModule(
  context: DoctorContext,
  one: CachedModule,
  hashes: Hashes,
  verdict: Exclude<Verdict, { code: 'undecided' }>,
): Promise<Found> {
  const subject = `${one.path}@${one.version}`
  const evidence = [
    `${one.base}.zip: ${'hash' in hashes.zip ? hashes.zip.hash : hashes.zip.cause}`,
    ...(hashes.noted === null ? [] : [`${one.base}.ziphash: ${hashes.noted}`]),
    ...(hashes.dir === null ? [] : [`${one.dir}: ${hashes.dir}`]),
  ]
  const found = { code: `cache.${verdict.code}`, severity: 'error' as const, subject }
  if (verdict.code === 'republished') {
    const { by, sums } = verdict.witness
    return { ...found, values: { by }, evidence: [...evidence, `${by}: ${sums.zip}`] }
  }
  const changes = (await Promise.all(verdict.parts.map((part) => treeOf(context, one, hashes, part)))).filter(
    (change) => change !== null,
  )
  const note = { key: 'doctor-cache:repair.module', values: { module: subject } }
  const path = verdict.parts.includes('dir') ? one.dir : `${one.base}${verdict.parts[0] ?? ''}`
  return { ...found, values: { path }, evidence, repairs: [{ kind: 'changes', changes, note, safe: true }] }
}

async function treeOf(
  context: DoctorContext,
  one: CachedModule,
  { unpacked }: Hashes,
  part: Part,
): Promise<TreeChange | null> {
  return part === 'dir' ? away(context, one.dir, unpacked) : away(context, `${one.base}${part}`)
}

/** What leaves its place and comes back with undo; null: it is gone already, or a link, whose end would not be `final`. */
export async function away(
  { sys }: Pick<DoctorContext, 'sys'>,
  path: string,
  bytes: number | null = null,
  final = false,
): Promise<TreeChange | null> {
  const stat = await sys.lstat(path).catch(() => null)
  if (stat === null || (final && stat.kind === 'link')) return null
  return { kind: 'tree', path, bytes: bytes ?? stat.size, mtimeMs: stat.mtimeMs, final, admin: false }
}

/** What broken-off downloads have left behind. A younger one may still be at work. */
export async function leftOver(context: DoctorContext, { folder, leftovers }: GoCache): Promise<readonly Found[]> {
  const trees: TreeChange[] = []
  for (const path of leftovers) {
    const tree = await away(context, path)
    if (tree === null || context.now() - tree.mtimeMs < DAY) continue
    const files = await filesBelow(context.sys, path, new AbortController().signal)
    trees.push(files === null ? tree : { ...tree, bytes: sizeOf(files) })
  }
  if (trees.length === 0) return []
  const size = sizeText(trees.reduce((sum, { bytes }) => sum + bytes, 0))
  const repair: Repair = {
    kind: 'changes',
    changes: trees,
    note: { key: 'doctor-cache:repair.unfinished', values: { count: trees.length, size } },
    safe: true,
  }
  const values = { count: trees.length, size }
  const evidence = trees.map(({ path }) => path)
  return [{ code: 'cache.unfinished', severity: 'info', subject: folder, values, evidence, repairs: [repair] }]
}

/** How large the cache is, and the offer to empty it, with what that costs. */
export async function emptying(
  context: DoctorContext,
  { folder, modules }: GoCache,
  signal: AbortSignal,
): Promise<{ fact: Note; offers: readonly Repair[] }> {
  const end = performance.now() + COUNTING
  const late = (): boolean => performance.now() > end
  const files = (await filesBelow(context.sys, folder, signal, late)) ?? []
  const bytes = sizeOf(files)
  const values = { size: sizeText(bytes), modules: modules.length, path: folder }
  const fact = { key: `doctor-cache:fact.${late() ? 'sizeAtLeast' : 'size'}`, values }
  const own = modules.length > 0 && (await isOnlyCache(context, folder, modules))
  const tree = own ? await away(context, folder, bytes, true) : null
  if (tree === null) return { fact, offers: [] }
  const note = { key: 'doctor-cache:repair.emptyGo', values }
  return { fact, offers: [{ kind: 'changes', changes: [tree], note, safe: false }] }
}

/** Whether nothing else lies there: GOMODCACHE may also name a home, and what goes with this offer does not come back. */
async function isOnlyCache(
  { sys }: Pick<DoctorContext, 'sys'>,
  folder: string,
  modules: GoCache['modules'],
): Promise<boolean> {
  const hosts = new Set(modules.map(({ escaped }) => escaped.split('/')[0] ?? ''))
  const names = await sys.list(folder).catch(() => ['?'])
  return names.every((name) => name === 'cache' || name.includes('@') || hosts.has(name))
}
