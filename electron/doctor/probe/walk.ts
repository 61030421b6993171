import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import type { MirrorCatalogue } from '../../mirrors/catalogue.ts'
import type { SystemProxy } from '../../mirrors/http/proxy.ts'
import type { Witnesses } from '../check.ts'
import type { Facts } from '../facts.ts'
import { endpointsInUse } from './endpoints.ts'
import type { Probe } from './probe.ts'

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

/** Goes the way to every address in use, side by side. Throws for the signal alone. */
export async function walk(parts: WalkParts, signal: AbortSignal): Promise<readonly Probe[]> {
  const endpoints = await endpointsInUse(parts, signal)
  return endpoints.map((endpoint) => ({ endpoint, ladder: [], broken: null, tls: null, clock: null }))
}
