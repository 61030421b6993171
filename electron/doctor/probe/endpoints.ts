import { splitGoProxy } from '../../contract/grammar.ts'
import type { DockerState, Override } from '../../contract/machine.ts'
import type { TargetId } from '../../contract/mirror.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import type { MirrorCatalogue } from '../../mirrors/catalogue.ts'
import { ownSources } from '../../settings/apt/plan.ts'
import { webUris } from '../../settings/apt/recognise.ts'
import { toolDefault } from '../../settings/defaults/tool-default.ts'
import { isMirror } from '../../settings/docker/mirrors.ts'
import type { Facts } from '../facts.ts'
import { knownLogins, type Logins } from './logins.ts'
import type { Endpoint, Turn } from './probe.ts'

export type EndpointParts = {
  sys: Reader
  places: Places
  facts: Pick<Facts, 'overrides' | 'docker' | 'goTools' | 'npm' | 'pip' | 'apt'>
  mirrors: MirrorCatalogue
}

type Layer = Override['layers'][number]
type Plain = Pick<Endpoint, 'target' | 'url' | 'from' | 'byDefault' | 'role' | 'turn'> & { suite?: string }

/** All are asked at once; a file that names more names them for something else. */
const MOST = 64

/**
 * Every address that a tool of this machine asks: what was set and counts, and the tool's own where nobody set any.
 * Addresses are as they are written, without a password; each once. Throws for the signal alone.
 */
export async function endpointsInUse(parts: EndpointParts, signal: AbortSignal): Promise<readonly Endpoint[]> {
  const { sys, places, facts } = parts
  // All of it is wanted anyway: nothing waits for what it does not need.
  const early = Promise.all([facts.goTools(), facts.npm(), facts.pip(), facts.apt()])
  const [overrides] = await Promise.all([facts.overrides(), early])
  const [logins, ...all] = await Promise.all([
    knownLogins(sys, places, facts),
    goEndpoints(parts, overrides),
    npmEndpoints(parts, overrides, signal),
    pipEndpoints(parts, overrides, signal),
    aptEndpoints(parts),
    dockerEndpoints(parts, overrides),
  ])
  const seen = new Set<string>()
  const each = all.flat().filter((one) => {
    const key = `${one.target} ${one.role} ${one.url} ${one.turn.list}`
    return !seen.has(key) && seen.add(key)
  })
  const [scopes, others] = [true, false].map((is) => each.filter(({ role }) => (role === 'scope') === is))
  // Of so many those that every package is asked for come first.
  const asked = each.length <= MOST ? each : [...(others ?? []), ...(scopes ?? [])].slice(0, MOST)
  return asked.map((one) => withLogin(one, logins))
}

/** The password of an address is hidden in what is known of it, and is not sent. */
function withLogin(one: Plain, logins: Logins): Endpoint {
  const url = one.url.replace(/^(\s*[a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/i, '$1')
  return { ...one, url, login: url !== one.url || logins(one.target, url) }
}

const alone = (list: string): Turn => ({ list, at: 0, passes: 'never', beyond: false })

/** The layers of a setting that count, in one shell or everywhere. */
const winners = (overrides: readonly Override[], target: TargetId, name: string): readonly Layer[] =>
  overrides.filter((one) => one.target === target && one.name === name).flatMap(({ layers }) => layers.filter(isWinner))

const isWinner = ({ wins, value }: Layer): boolean => wins && value !== null && value !== ''

async function goEndpoints(
  { facts, places }: EndpointParts,
  overrides: readonly Override[],
): Promise<readonly Plain[]> {
  const [go] = await facts.goTools()
  const set = winners(overrides, 'go', 'GOPROXY')
  const own = go?.defaults.get('GOPROXY') ?? ''
  const sources =
    set.length > 0
      ? set.flatMap(({ value, from }) => proxyList(value ?? '', from, false))
      : proxyList(go === undefined ? '' : own, 'default', true)
  const sums = winners(overrides, 'go', 'GOSUMDB').flatMap(({ value, from }): readonly Plain[] => {
    const [, url] = (value ?? '').trim().split(/\s+/)
    if (url === undefined) return []
    return [{ target: 'go', url, from, byDefault: false, role: 'checksums', turn: alone(value ?? '') }]
  })
  return [...sources, ...sums, ...(hasProxy(places) ? privateHosts(overrides) : [])]
}

const hasProxy = ({ environment }: Places): boolean =>
  Object.entries(environment).some(([name, value]) => /^(https?|all)_proxy$/i.test(name) && value !== '')

/** Hosts of GOPRIVATE that are written out: `git.corp.example/team`. */
function privateHosts(overrides: readonly Override[]): readonly Plain[] {
  return winners(overrides, 'go', 'GOPRIVATE').flatMap(({ value, from }) => {
    const hosts = (value ?? '').split(',').map((pattern) => pattern.trim().split('/')[0] ?? '')
    return hosts
      .filter((host) => /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/i.test(host))
      .map((host): Plain => {
        const url = `https://${host}`
        return { target: 'go', url, from, byDefault: false, role: 'private', turn: alone(url) }
      })
  })
}

/** What stands behind `off` or `direct` is never asked. */
function proxyList(list: string, from: string, byDefault: boolean): readonly Plain[] {
  const entries = splitGoProxy(list)
  const end = entries.findIndex(({ value }) => value === 'direct' || value === 'off')
  const beyond = entries[end]?.value === 'direct'
  return (end < 0 ? entries : entries.slice(0, end)).flatMap(({ value, separator }, at): readonly Plain[] => {
    if (value.startsWith('file:')) return []
    const last = at === entries.length - 1
    const passes = last ? 'never' : separator === '|' ? 'always' : 'not-found'
    return [{ target: 'go', url: value, from, byDefault, role: 'source', turn: { list, at, passes, beyond } }]
  })
}

async function npmEndpoints(
  { sys, places, facts }: EndpointParts,
  overrides: readonly Override[],
  signal: AbortSignal,
): Promise<readonly Plain[]> {
  const set = overrides
    .filter(({ target }) => target === 'npm')
    .flatMap(({ name, layers }) => layers.filter(isWinner).map((layer) => ({ name, ...layer })))
    .map(({ name, value, from }): Plain => {
      const role = name === 'registry' ? 'source' : 'scope'
      return { target: 'npm', url: value ?? '', from, byDefault: false, role, turn: alone(`${name} ${value ?? ''}`) }
    })
  if (set.some(({ role }) => role === 'source') || (await facts.npm()).programs.npm === null) return set
  return [...set, ...byDefault('npm', await toolDefault('npm', sys, places, signal))]
}

async function pipEndpoints(
  { sys, places, facts }: EndpointParts,
  overrides: readonly Override[],
  signal: AbortSignal,
): Promise<readonly Plain[]> {
  const set = winners(overrides, 'pip', 'index-url').map(({ value, from }): Plain => {
    return { target: 'pip', url: value ?? '', from, byDefault: false, role: 'source', turn: alone(value ?? '') }
  })
  if (set.length > 0 || (await facts.pip()).program === null) return set
  return byDefault('pip', await toolDefault('pip', sys, places, signal))
}

function byDefault(target: TargetId, url: string | null): readonly Plain[] {
  if (url === null) return []
  return [{ target, url, from: 'default', byDefault: true, role: 'source', turn: alone(url) }]
}

/** The distribution's own archive: what other sources hold is their owners' business. */
async function aptEndpoints({ facts }: EndpointParts): Promise<readonly Plain[]> {
  return ownSources(await facts.apt()).flatMap(({ file, entry }) =>
    webUris(entry).map(({ text }): Plain => {
      const url = text.replaceAll('"', '')
      const [suite = ''] = entry.suites
      const from = `${file.path}:${entry.line}`
      return { target: 'apt', url, from, byDefault: false, role: 'source', turn: alone(url), suite }
    }),
  )
}

/** An engine elsewhere asks from there; what can be reached from here says nothing of it. */
async function dockerEndpoints(
  { facts, mirrors }: EndpointParts,
  overrides: readonly Override[],
): Promise<readonly Plain[]> {
  const docker = await facts.docker()
  if (docker.state === 'not-installed' || isElsewhere(docker)) return []
  const set = winners(overrides, 'docker', 'registry-mirrors').flatMap(({ value, from }) => {
    const list = value ?? ''
    // What keeps the engine from starting is told of as that.
    return list
      .split(' ')
      .filter((url) => isMirror(url, false))
      .map((url, at): Plain => {
        const turn: Turn = { list, at, passes: 'always', beyond: true }
        return { target: 'docker', url, from, byDefault: false, role: 'source', turn }
      })
  })
  const hub = mirrors.mirrors.find(({ target, status }) => target === 'docker' && status === 'upstream')
  if (hub === undefined || docker.state !== 'running') return set
  const list = set[0]?.turn.list ?? ''
  const turn: Turn = { list, at: set.length, passes: 'never', beyond: false }
  return [...set, { target: 'docker', url: hub.url, from: 'default', byDefault: true, role: 'source', turn }]
}

export const isElsewhere = ({ endpoint }: DockerState): boolean =>
  /^(ssh|tcp|https?):\/\//.test(endpoint) && !/^\w+:\/\/(127\.|localhost|\[::1\])/.test(endpoint)
