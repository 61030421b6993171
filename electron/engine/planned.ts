import type { TargetId } from '../contract/mirror.ts'
import type { Profile } from '../contract/profile.ts'
import { type Policy, policyOf } from '../core/patience.ts'

/** Where a profile wants to be told what happened. `limit`: milliseconds that the profile gives a single wait. */
export type Collector = { url: string; limit: number | null }

/** How a plan came about, for who looks at its run from outside. Times as in `telemetry/span.ts`. */
export type Planned = {
  collector: Collector | null
  /** How long its run may wait. */
  policy: Policy
  from: number
  to: number
  /** What `auto` became: the addresses, the best first; none is the tool's own default. */
  sources: readonly { target: TargetId; from: number; to: number; chosen: readonly string[] }[]
}

/** The collector that a profile names; null: nothing is told to anybody. */
export function collectorOf(profile: Profile): Collector | null {
  const url = profile.telemetry?.otlp
  return url === undefined ? null : { url, limit: policyOf(profile).timeout }
}
