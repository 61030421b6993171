import type { Finding } from '../../contract/note.ts'
import { NO_POLICY, type Policy } from '../../core/patience.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Reader } from '../../core/system.ts'
import { sameUri } from './address.ts'
import { complaints, type Updated, updateCopy } from './apt-get.ts'
import { type AptState, detectApt, releaseFacts, type Source } from './detect.ts'
import { type AptChoice, ownSources, planApt } from './plan.ts'
import { listName, webUris } from './recognise.ts'
import { readOrNull } from '../read-keys.ts'

/** How much older than what this machine knows a mirror may be, in milliseconds. */
const TOLERANCE = 24 * 3600 * 1000

/**
 * Lets apt-get read a copy of the sources and says which hosts it asked, whether their signatures are good and
 * of when their content is. Security updates and others' sources may fail; that is told, not held against the choice.
 */
export async function verifyApt(
  sys: Reader,
  places: Places,
  choice: AptChoice,
  signal: AbortSignal,
  policy: Policy = NO_POLICY,
): Promise<readonly Finding[]> {
  const state = await detectApt(sys, places)
  const own = ownSources(state)
  if (choice.kind === 'keep' && own.length === 0) return []
  const ours = state.sources.filter(({ kind }) => kind !== 'foreign')
  const files = state.files.filter((file) => ours.some((source) => source.file === file))
  const differing = planApt(state, choice).map(({ key, before }) => redact(`${key}: ${JSON.stringify(before)}`))
  if (differing.length > 0)
    return [{ id: 'apt.differs', severity: 'error', note: { key: 'setting:apt.differs' }, details: differing }]
  const updated = await updateCopy(sys, places, files, false, signal, policy)
  if (updated === null) return [{ id: 'apt.notAsked', severity: 'info', note: { key: 'setting:apt.notAsked' } }]
  return [
    await judgeOwn(sys, places, own, updated),
    ...judgeSecurity(state, updated),
    ...state.sources.filter(({ kind }) => kind === 'mixed').map(mixedFinding),
  ]
}

const urisOf = (sources: readonly Source[]): readonly string[] => [
  ...new Set(sources.flatMap(({ entry }) => webUris(entry).map(({ text }) => text))),
]
const suitesOf = (sources: readonly Source[]): string =>
  [...new Set(sources.flatMap(({ entry }) => [...entry.suites]))].join(' ')

/** The hosts that apt has named as answering for some of these addresses. */
function hostsOf({ asked }: Updated, uris: readonly string[]): string {
  const answered = asked.filter(({ state, uri }) => /Get|Hit/.test(state) && uris.some((one) => sameUri(one, uri)))
  return [...new Set(answered.map(({ uri }) => (URL.canParse(uri) ? new URL(uri).host : uri)))].join(' ')
}

async function judgeOwn(sys: Reader, places: Places, own: readonly Source[], updated: Updated): Promise<Finding> {
  const uris = urisOf(own)
  const values = { hosts: hostsOf(updated, uris), suites: suitesOf(own) }
  const details = complaints(updated, uris).map(redact)
  if (details.length > 0) {
    const hosts = uris.map((uri) => (URL.canParse(uri) ? new URL(uri).host : uri)).join(' ')
    const note = { key: 'setting:apt.failed', values: { ...values, hosts: [...new Set(hosts.split(' '))].join(' ') } }
    return { id: 'apt.effective', severity: 'error', note, details }
  }
  const stale = await olderThanKnown(sys, places, own, updated)
  if (stale.length > 0)
    return { id: 'apt.effective', severity: 'error', note: { key: 'setting:apt.stale', values }, details: [...stale] }
  const dates = namesOf(own).flatMap(({ name }) => updated.dates.get(name) ?? [])
  const newest = dates.toSorted((a, b) => b.getTime() - a.getTime())[0]
  const note = { key: 'setting:apt.effective', values: { ...values, date: day(newest) } }
  return { id: 'apt.effective', severity: 'ok', note }
}

const day = (date: Date | undefined): string => date?.toISOString().slice(0, 10) ?? '-'

const namesOf = (sources: readonly Source[]): readonly { suite: string; name: string }[] =>
  sources.flatMap(({ entry }) =>
    webUris(entry).flatMap(({ text }) => entry.suites.map((suite) => ({ suite, name: listName(text, suite) }))),
  )

/**
 * Suites whose InRelease is older than one that apt has already fetched here, from wherever: a signature alone
 * does not keep a mirror from serving last year's state.
 */
async function olderThanKnown(
  sys: Reader,
  { apt }: Places,
  own: readonly Source[],
  { dates }: Updated,
): Promise<readonly string[]> {
  const lists = await sys.list(apt.lists).catch(() => [])
  const wanted = namesOf(own)
  const stale: string[] = []
  for (const { suite, name } of wanted) {
    const now = dates.get(name)
    if (!now) continue
    for (const list of lists.filter((one) => one.endsWith(`_dists_${suite}_InRelease`))) {
      const { date: known, origin } = releaseFacts((await readOrNull(sys, `${apt.lists}/${list}`)) ?? new Uint8Array())
      const same = /^(debian|ubuntu)\b/i.test(origin ?? '')
      if (known && same && known.getTime() - now.getTime() > TOLERANCE)
        stale.push(`${suite}: ${day(now)} < ${day(known)}`)
    }
  }
  return [...new Set(stale)]
}

function judgeSecurity(state: AptState, updated: Updated): readonly Finding[] {
  const security = state.sources.filter(({ kind }) => kind === 'security')
  if (security.length === 0) return []
  const uris = urisOf(security)
  const values = { hosts: hostsOf(updated, uris), suites: suitesOf(security) }
  const details = complaints({ ...updated, code: 0 }, uris).map(redact)
  if (details.length > 0)
    return [{ id: 'apt.security', severity: 'warning', note: { key: 'setting:apt.securityFailed', values }, details }]
  return [{ id: 'apt.security', severity: 'ok', note: { key: 'setting:apt.security', values } }]
}

const mixedFinding = ({ file, entry }: Source): Finding => ({
  id: 'apt.mixed',
  severity: 'warning',
  note: { key: 'setting:apt.mixed', values: { path: file.path, line: entry.line } },
})
