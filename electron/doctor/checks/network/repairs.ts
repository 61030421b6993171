import type { TargetId } from '../../../contract/mirror.ts'
import type { Edit, FileTarget } from '../../../contract/plan.ts'
import type { Profile } from '../../../contract/profile.ts'
import { npmrcFormat } from '../../../settings/npm/text.ts'
import { pipConfFormat } from '../../../settings/pip/text.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import type { DoctorContext, Repair } from '../../check.ts'
import { formOf } from '../../probe/form.ts'
import type { Probe } from '../../probe/probe.ts'
import { standIns } from './weight.ts'

/** Reasons that lie with this machine or its network: another source would meet them as well. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...['resolver-down', 'hijacked', 'dns-slow', 'ipv6-broken', 'portal'],
  ...['proxy-dead', 'proxy-auth', 'proxy-refuses', 'http-429', 'http-401'],
])

type Context = Pick<DoctorContext, 'sys' | 'places' | 'facts'>

/** How a broken way is mended: the address as it was surely meant, a list without it, or another source by the race. */
export async function repairsFor(probe: Probe, all: readonly Probe[], context: Context): Promise<readonly Repair[]> {
  const { endpoint, broken } = probe
  if (endpoint.role !== 'source' || (broken !== null && ELSEWHERE.has(broken.reason))) return []
  const mended = await mendedAddress(probe, context)
  if (mended !== null) return [mended]
  if (!(await isOurs(probe, context))) return []
  // A password in the list is not known here, and would be gone from whatever is written in its place.
  if (/:\/\/[^/\s,|]*@/.test(endpoint.turn.list)) return []
  const shorter = withoutIt(probe, all)
  if (shorter !== null) return [shorter]
  return [{ kind: 'profile', profile: profileOf(endpoint.target), note: noteOf('auto', probe), safe: false }]
}

const noteOf = (key: string, { endpoint }: Probe, values: Record<string, string> = {}): Repair['note'] => ({
  key: `doctor-network:repair.${key}`,
  values: { target: endpoint.target, url: endpoint.url, ...values },
})

function profileOf(target: TargetId): Profile {
  switch (target) {
    case 'go':
      return { version: 1, sources: { go: 'auto' } }
    case 'docker':
      return { version: 1, sources: { docker: 'auto' } }
    case 'npm':
      return { version: 1, sources: { npm: 'auto' } }
    case 'pip':
      return { version: 1, sources: { pip: 'auto' } }
    case 'apt':
      return { version: 1, sources: { apt: 'auto' } }
  }
}

/** Whether what the wizard writes for this target would count: what stands in front of it is somebody else's line. */
async function isOurs({ endpoint: { target, from } }: Probe, { places, facts }: Context): Promise<boolean> {
  if (from === 'default') return true
  const file = from.replace(/:\d+$/, '')
  switch (target) {
    case 'go':
      return file === places.goenv || file === places.config
    case 'npm':
      return file === places.npm.userconfig
    case 'pip':
      return places.pip.user.includes(file)
    case 'docker':
      return (await facts.docker()).configFile !== null
    case 'apt':
      return true
  }
}

/** What remains of a list that has others which work. */
function withoutIt(probe: Probe, all: readonly Probe[]): Repair | null {
  const { endpoint } = probe
  const good = standIns(probe, all).filter((one) => !one.endpoint.byDefault)
  if (good.length === 0) return null
  const note = noteOf('drop', probe)
  if (endpoint.target === 'docker') {
    const docker = good.map((one) => one.endpoint.url)
    return { kind: 'profile', profile: { version: 1, sources: { docker } }, note, safe: false }
  }
  if (endpoint.target !== 'go') return null
  const go = [...good.map((one) => one.endpoint.url), ...(endpoint.turn.beyond ? ['direct'] : [])].join('|')
  return { kind: 'profile', profile: { version: 1, sources: { go } }, note, safe: false }
}

/** The address as it was surely meant, in the user's own file where it stands. */
async function mendedAddress(probe: Probe, { sys, places }: Context): Promise<Repair | null> {
  const { target, url, from } = probe.endpoint
  const { mended } = formOf(target, url)
  if (probe.broken?.rung !== 'form' || mended === null) return null
  const path = from.replace(/:\d+$/, '')
  const place = placeOf(target, path, places)
  if (place === null) return null
  const keys = place.format.read(await readOrNull(sys, path))
  const found = [...keys].find(([key, value]) => place.keys.test(key) && value === url)
  if (found === undefined) return null
  const [key, before] = found
  const file: FileTarget = { kind: 'file', path, format: place.format.id, mode: 0o600, notify: [] }
  const edits: readonly Edit[] = [{ target: file, owner: place.owner, key, before, after: mended }]
  return { kind: 'edits', edits, note: noteOf('form', probe, { mended }), safe: true }
}

function placeOf(target: TargetId, path: string, { npm, pip }: DoctorContext['places']) {
  if (target === 'npm' && path === npm.userconfig)
    return { format: npmrcFormat, keys: /^(@[^:]+:)?registry$/, owner: 'npm' as const }
  if (target === 'pip' && pip.user.includes(path))
    return { format: pipConfFormat, keys: /^global\.index-url$/, owner: 'pip' as const }
  return null
}
