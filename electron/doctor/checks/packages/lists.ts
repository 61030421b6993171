import type { Places } from '../../../core/places.ts'
import type { Reader } from '../../../core/system.ts'
import { hostOf } from '../../../settings/ask-tool.ts'
import type { AptState, Source } from '../../../settings/apt/detect.ts'
import { listName, webUris } from '../../../settings/apt/recognise.ts'
import { toBinary } from '../../../settings/binary.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import type { DoctorContext, Found, Repair } from '../../check.ts'

const DAY = 86_400_000
/** How far behind another server of the same suite a mirror may be, in days. */
const BEHIND = 10

type Release = { origin: string; date: number; until: number }

/**
 * What the lists that apt has fetched say of the servers they come from. Only what was so when apt asked last counts:
 * a machine on which nobody has asked for months has old lists from a good mirror.
 */
export async function judgeLists(
  { sys, places }: DoctorContext,
  state: AptState,
  repairs: (source: Source) => readonly Repair[],
): Promise<readonly Found[]> {
  const { lists } = places.apt
  const names = await sys.list(lists).catch(() => [])
  // apt puts each answer in there first, so the folder changes with every update.
  const asked = (await sys.lstat(`${lists}/partial`).catch(() => null))?.mtimeMs ?? null
  if (names.length === 0 || asked === null) return []
  const unchecked = await checksNoDates(sys, places)
  const found = new Map<string, Found>()
  for (const source of state.sources)
    for (const { text } of webUris(source.entry))
      for (const suite of source.entry.suites) {
        const one = { source, address: text.replaceAll('"', ''), suite, names, asked }
        const judged =
          (await missingSuite(sys, one)) ??
          (unchecked || saysNoCheck(source) ? null : await staleList(sys, places, one))
        if (judged === null) continue
        const { code, subject } = judged
        if (!found.has(`${code} ${subject}`)) found.set(`${code} ${subject}`, { ...judged, repairs: repairs(source) })
      }
  return [...found.values()]
}

type One = { source: Source; address: string; suite: string; names: readonly string[]; asked: number }

const valuesOf = ({ source: { file, entry }, address, suite }: One) => ({
  host: hostOf(address),
  address,
  suite,
  path: file.path,
  line: entry.line,
})

/** A suite that a server did not have when it was asked, although it has others. */
async function missingSuite(sys: Reader, one: One): Promise<Found | null> {
  const { source, address, suite, names, asked } = one
  // A flat archive has no suites.
  if (suite.endsWith('/')) return null
  const whole = listName(address, suite)
  const prefix = whole.slice(0, whole.length - 'InRelease'.length)
  const server = prefix.slice(0, prefix.length - `${suite.replaceAll('/', '_')}_`.length)
  if (names.some((name) => name.startsWith(prefix))) return null
  if (!server.endsWith('_dists_') || !names.some((name) => name.startsWith(server) && name.endsWith('Release')))
    return null
  const written = (await sys.lstat(source.file.path).catch(() => null))?.mtimeMs ?? asked
  // A source that was written since nobody has asked for.
  if (written >= asked) return null
  const values = valuesOf(one)
  return {
    code: 'packages.suite-ended',
    severity: 'warning',
    subject: `${values.host} ${suite}`,
    values,
    evidence: [`${values.path}:${values.line}: ${address} ${suite}`],
  }
}

async function staleList(sys: Reader, { apt }: Places, one: One): Promise<Found | null> {
  const { address, suite, names, asked } = one
  const name = listName(address, suite)
  const own = await release(sys, `${apt.lists}/${name}`)
  if (own === null) return null
  const peers = names.filter(
    (other) => other !== name && other.endsWith(`_dists_${suite.replaceAll('/', '_')}_InRelease`),
  )
  const others = await Promise.all(peers.map((other) => release(sys, `${apt.lists}/${other}`)))
  const newest = Math.max(
    ...others.flatMap((other) => (other !== null && other.origin === own.origin ? [other.date] : [])),
    own.date,
  )
  const past = own.until < asked
  if (!past && newest - own.date < BEHIND * DAY) return null
  const values = { ...valuesOf(one), date: day(own.date) }
  const evidence = [`Date: ${day(own.date)}`, past ? `Valid-Until: ${day(own.until)}` : `${suite}: ${day(newest)}`]
  return { code: 'packages.source-stale', severity: 'warning', subject: values.host, values, evidence }
}

const day = (time: number): string => (Number.isFinite(time) ? new Date(time).toISOString().slice(0, 10) : '-')

async function release(sys: Reader, path: string): Promise<Release | null> {
  const bytes = await readOrNull(sys, path)
  if (bytes === null) return null
  const text = toBinary(bytes)
  const field = (name: string): string => new RegExp(`^${name}: *(.+?)\\s*$`, 'm').exec(text)?.[1] ?? ''
  const date = Date.parse(field('Date'))
  const until = Date.parse(field('Valid-Until'))
  if (Number.isNaN(date)) return null
  return { origin: field('Origin'), date, until: Number.isNaN(until) ? Number.POSITIVE_INFINITY : until }
}

/** Somebody works with a snapshot and said so. */
const saysNoCheck = ({ file }: Source): boolean => /check-valid-until\s*[:=]\s*(?:no|false)/i.test(toBinary(file.bytes))

async function checksNoDates(sys: Reader, { apt }: Places): Promise<boolean> {
  const parts = await sys.list(`${apt.folder}/apt.conf.d`).catch(() => [])
  const files = [`${apt.folder}/apt.conf`, ...parts.map((name) => `${apt.folder}/apt.conf.d/${name}`)]
  const texts = await Promise.all(files.map((path) => readOrNull(sys, path)))
  return texts.some((bytes) => bytes !== null && /Check-Valid-Until\s+"?(?:false|no|0)/i.test(toBinary(bytes)))
}
