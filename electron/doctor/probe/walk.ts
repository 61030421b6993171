import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { inVirtualMachine } from '../../docker/flavour.ts'
import { isLoopback } from '../../docker/loopback.ts'
import type { MirrorCatalogue } from '../../mirrors/catalogue.ts'
import type { SystemProxy } from '../../mirrors/http/proxy.ts'
import type { Witnesses } from '../check.ts'
import type { Facts } from '../facts.ts'
import { startClimb } from './climb.ts'
import { endpointsInUse } from './endpoints.ts'
import { openMeans } from './means.ts'
import type { Endpoint, Probe } from './probe.ts'
import { toolEnvironments } from './tool-environment.ts'

export type WalkParts = {
  sys: Reader
  places: Places
  facts: Omit<Facts, 'probes'>
  mirrors: MirrorCatalogue
  witnesses: Witnesses
  /** What the system says of a proxy; null where it is not asked. */
  systemProxy: SystemProxy | null
  /** Certificates that are trusted here, PEM; null: those that Node brings. */
  authorities(): Promise<readonly string[] | null>
  now(): number
}

/** Milliseconds for everything, the question which addresses are in use included. */
const LIMIT = 7300

/**
 * Goes the way to every address in use, side by side. A way that is not at its end in time is told as far as it was
 * gone. Throws for the signal alone.
 */
export async function walk(parts: WalkParts, signal: AbortSignal): Promise<readonly Probe[]> {
  const until = performance.now() + LIMIT - 200
  const stop = new AbortController()
  const inner = AbortSignal.any([signal, stop.signal])
  const timeUp = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, LIMIT)
    inner.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })
  const [endpoints, tools, authorities] = await Promise.all([
    usable(parts, signal),
    toolEnvironments(parts.sys, parts.places, parts.facts),
    parts.authorities(),
  ])
  const means = openMeans(parts, tools, authorities, inner, until)
  try {
    const climbs = endpoints.map((endpoint) => startClimb(endpoint, means.of(endpoint.target), inner))
    // What is called off afterwards has nobody to tell of it.
    const all = Promise.all(climbs.map(({ done }) => done))
    all.catch(() => {})
    await Promise.race([all, timeUp])
    signal.throwIfAborted()
    return climbs.map(({ sofar }) => sofar())
  } finally {
    stop.abort(new Error('over'))
    means.close()
  }
}

/** An engine's own proxy with a password, or in a machine or network of its own, cannot be gone by from here. */
async function usable(parts: WalkParts, signal: AbortSignal): Promise<readonly Endpoint[]> {
  const [endpoints, { proxies, flavour }] = await Promise.all([endpointsInUse(parts, signal), parts.facts.docker()])
  const addresses = Object.entries(proxies).flatMap(([name, address]) => (name === 'NO_PROXY' ? [] : [address]))
  const closed =
    addresses.some((proxy) => proxy.includes('***@')) ||
    (addresses.length > 0 && inVirtualMachine(flavour)) ||
    (flavour === 'rootless' && addresses.some(isLoopback))
  return closed ? endpoints.filter(({ target }) => target !== 'docker') : endpoints
}
