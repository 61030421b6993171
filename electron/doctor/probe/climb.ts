import { isIP } from 'node:net'
import type { MirrorCatalogue } from '../../mirrors/catalogue.ts'
import { hostOf, portOf } from '../../mirrors/http/address.ts'
import type { MirrorClient } from '../../mirrors/http/client.ts'
import { toOutError } from '../../mirrors/http/errors.ts'
import type { Route } from '../../mirrors/http/proxy.ts'
import { isNotPublic, isPrivateAddress, isSiteName } from './address-kind.ts'
import type { Connected } from './connect.ts'
import { formOf } from './form.ts'
import { climbHttp } from './climb-http.ts'
import { type Fault, Ladder } from './ladder.ts'
import type { Resolved, Said } from './name.ts'
import type { Endpoint, Probe, TlsSeen } from './probe.ts'
import { proxyFault } from './proxy-fault.ts'
import { isCertificateFault, tlsFault } from './tls-fault.ts'

/** How the rungs are asked. Each asks once for the same host, and answers to all that want to know. */
export type Means = {
  mirrors: MirrorCatalogue
  client: MirrorClient
  route(url: URL): Promise<Route>
  name(host: string): Promise<Resolved>
  others(host: string): Promise<readonly Said[]>
  tcp(addresses: readonly string[], port: number): Promise<Connected>
  /** A tunnel to a server through a proxy, closed again. Throws `OutError` `proxy`. */
  tunnel(url: URL, route: Route): Promise<void>
  /** Throws what the handshake throws. */
  tls(url: URL, route: Route): Promise<TlsSeen>
  /** The start of what a port says to a plain request; empty: nothing. */
  plainly(url: URL): Promise<string>
  trace(address: string): Promise<readonly string[]>
  /** Milliseconds that an answer may take from now on: what takes longer makes people believe that nothing happens. */
  patience(): number
  now(): number
}

/** What is known of a way so far; it is asked for when time is up as well. */
export type Climb = { done: Promise<void>; sofar(): Probe }

/** Goes the way to one address, rung by rung, to the first broken one. Throws for the signal alone. */
export function startClimb(endpoint: Endpoint, means: Means, signal: AbortSignal): Climb {
  const ladder = new Ladder()
  const seen: Pick<Probe, 'tls' | 'clock'> = { tls: null, clock: null }
  const way = async (): Promise<void> => {
    const { url, reason, mended } = formOf(endpoint.target, endpoint.url)
    if (url === null) {
      const values = { why: reason ?? '', mended: mended ?? '' }
      return ladder.break('form', { reason: 'form', values, evidence: [endpoint.url] })
    }
    ladder.ok('form', url.href)
    const route = await means.route(url)
    const names = route.kind === 'direct' ? await climbName(url, ladder, means) : null
    if (ladder.ended) return
    if (endpoint.role === 'private' && route.kind === 'direct') return
    if (route.kind === 'direct') await climbTcp(url, names, ladder, means)
    else await climbProxy(url, route, ladder, means)
    // Each request would wait for the name again, and so tell nothing of the server.
    if (names?.state === 'slow') return
    if (!ladder.ended && endpoint.role !== 'private') {
      if (url.protocol === 'https:') seen.tls = await climbTls(url, route, ladder, means)
      else ladder.skip('tls')
      if (!ladder.ended) seen.clock = await climbHttp(endpoint, url, ladder, means, signal)
    }
    if (route.kind !== 'direct') await shunned(url, route.via, ladder, means)
    if (names !== null && (await isHijacked(url, names, ladder, means))) seen.tls = null
  }
  return { done: way(), sofar: () => ({ endpoint, ladder: ladder.rungs(), broken: ladder.broken, ...seen }) }
}

async function climbName(url: URL, ladder: Ladder, means: Means): Promise<Resolved | null> {
  const host = hostOf(url)
  if (isIP(host) !== 0) {
    ladder.skip('dns', host)
    return null
  }
  const found = await means.name(host)
  const evidence = [
    `${host}: ${found.addresses.join(' ') || '-'} (${Math.round(found.ms)} ms)`,
    ...spoken(found.own),
    ...spoken(found.others),
  ]
  const knows = found.others.find(({ answer }) => Array.isArray(answer))
  const own = found.own.map(({ server }) => server).join(', ')
  switch (found.state) {
    case 'found':
      ladder.ok('dns', evidence[0] ?? '')
      return found
    case 'slow': {
      ladder.ok('dns', evidence[0] ?? '')
      const silent = found.own.find(({ answer }) => answer === 'silent')
      const values = { host, ms: Math.round(found.ms), server: silent?.server ?? own }
      ladder.remark('dns', { reason: 'dns-slow', values, evidence })
      return found
    }
    case 'unknown':
      if (knows === undefined) ladder.break('dns', { reason: 'nxdomain', values: { host, server: own }, evidence })
      else
        ladder.break('dns', { reason: 'resolver-down', values: { host, server: own, other: knows.server }, evidence })
      return null
    case 'down':
      ladder.break('dns', {
        reason: 'resolver-down',
        values: {
          host,
          server: own,
          other: knows?.server ?? '',
          alone: found.others.every(({ answer }) => answer === 'silent') ? 1 : 0,
        },
        evidence,
      })
      return null
  }
}

const spoken = (said: readonly Said[]): readonly string[] =>
  said.map(({ server, answer }) => `${server}: ${typeof answer === 'string' ? answer : answer.join(' ')}`)

async function climbTcp(url: URL, names: Resolved | null, ladder: Ladder, means: Means): Promise<void> {
  const port = portOf(url)
  const { tried, best, lame } = await means.tcp(names?.addresses ?? [hostOf(url)], port)
  const evidence = tried.map(
    ({ address, ms, code }) => `${address} ${port}: ${ms === null ? code : `${Math.round(ms)} ms`}`,
  )
  ladder.skip('proxy')
  if (best !== null) {
    ladder.ok('tcp', evidence.join(', '))
    if (lame !== null)
      ladder.remark('tcp', { reason: 'ipv6-broken', values: { address: lame.address, host: hostOf(url) }, evidence })
    return
  }
  const code = tried.map((one) => one.code).find((one) => one !== null && one !== 'ABORTED') ?? 'ETIMEDOUT'
  const values = { peer: `${hostOf(url)}:${port}`, address: tried[0]?.address ?? '', port, code }
  if (code === 'ECONNREFUSED') return ladder.break('tcp', { reason: 'refused', values, evidence })
  if (code === 'ECONNRESET' || code === 'EPIPE') return ladder.break('tcp', { reason: 'reset', values, evidence })
  ladder.break('tcp', { reason: 'filtered', values, evidence })
  ladder.learn(await means.trace(values.address))
}

async function climbProxy(
  url: URL,
  route: Exclude<Route, { kind: 'direct' }>,
  ladder: Ladder,
  means: Means,
): Promise<void> {
  ladder.skip('dns')
  ladder.skip('tcp')
  try {
    await means.tunnel(url, route)
    ladder.ok('proxy', route.via)
  } catch (error) {
    ladder.break('proxy', proxyFault(error, url, route.via))
  }
}

async function climbTls(url: URL, route: Route, ladder: Ladder, means: Means): Promise<TlsSeen | null> {
  try {
    const tls = await means.tls(url, route)
    if (tls.trusted) ladder.ok('tls', `${tls.protocol ?? ''} ${tls.cipher ?? ''}`)
    // Whose business that is, is not the network's.
    else ladder.break('tls', { reason: 'certificate', values: {}, evidence: [tls.code ?? ''] })
    return tls
  } catch (error) {
    // Who speaks plain http answers at once, if only that it did not understand.
    const mute = toOutError(error).reason === 'timeout'
    const plain = route.kind === 'direct' && !mute ? await means.plainly(url) : ''
    if (isCertificateFault(error)) ladder.break('tls', { reason: 'certificate', values: {}, evidence: [] })
    else ladder.break('tls', tlsFault(error, url, plain))
    return null
  }
}

/** What a proxy makes of a host that it cannot reach. */
const UNREACHED = new Set(['proxy-refuses', 'http-403', 'http-404', 'http-5xx', 'slow', 'reset', 'content', 'portal'])

/** A host of the site's own that a proxy does not get to, and that this machine reaches by itself. */
async function shunned(url: URL, via: string, ladder: Ladder, means: Means): Promise<void> {
  const { broken } = ladder
  const host = hostOf(url)
  if (broken === null || !UNREACHED.has(broken.reason)) return
  if (isIP(host) !== 0 && !isPrivateAddress(host)) return
  const addresses = isIP(host) === 0 ? (await means.name(host)).addresses : [host]
  if (addresses.length === 0 || !addresses.every(isPrivateAddress)) return
  const { best } = await means.tcp(addresses, portOf(url))
  if (best === null) return
  const evidence = [`${best.address} ${portOf(url)}: ${Math.round(best.ms ?? 0)} ms`, ...broken.evidence]
  ladder.replace('proxy', { reason: 'no-proxy-missing', values: { host, proxy: via }, evidence })
}

/** Reasons behind which somebody else may be who answers. */
const SUSPECT = new Set([
  'refused',
  'filtered',
  'reset',
  'tls-plain',
  'tls-handshake',
  'certificate',
  'portal',
  'content',
  'http-404',
  'http-403',
  'http-5xx',
  'redirect-loop',
])

/**
 * Whether a name leads to somebody else: this machine is given addresses that no server of the internet has, another
 * name server gives real ones, and what stands there is not what was asked for. A different address alone proves
 * nothing: large networks answer everybody differently.
 */
async function isHijacked(url: URL, { addresses }: Resolved, ladder: Ladder, means: Means): Promise<boolean> {
  const { broken } = ladder
  const host = hostOf(url)
  if (broken === null || !SUSPECT.has(broken.reason) || isSiteName(host) || !addresses.every(isNotPublic)) return false
  const others = await means.others(host)
  const real = others.find(
    ({ answer }) => Array.isArray(answer) && answer.some((one) => !addresses.includes(one) && !isNotPublic(one)),
  )
  if (real === undefined) return false
  const values = {
    host,
    address: addresses[0] ?? '',
    other: real.server,
    real: Array.isArray(real.answer) ? (real.answer[0] ?? '') : '',
  }
  const fault: Fault = {
    reason: 'hijacked',
    values,
    evidence: [`${host}: ${addresses.join(' ')}`, ...spoken(others), ...broken.evidence],
  }
  ladder.replace('dns', fault)
  return true
}
