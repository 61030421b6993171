import type { TargetId } from '../contract/mirror.ts'
import type { Profile } from '../contract/profile.ts'
import { parseDuration } from '../contract/grammar.ts'

/** Where a profile wants to be told what happened. `limit`: milliseconds that the profile gives a single wait. */
export type Collector = { url: string; limit: number | null }

/** How a plan came about, for who looks at its run from outside. Times as in `telemetry/span.ts`. */
export type Planned = {
  collector: Collector | null
  from: number
  to: number
  /** What `auto` became: the addresses, the best first; none is the tool's own default. */
  sources: readonly { target: TargetId; from: number; to: number; chosen: readonly string[] }[]
}

/** The collector that a profile names; null: nothing is told to anybody. */
export function collectorOf({ telemetry, policy }: Profile): Collector | null {
  if (telemetry?.otlp === undefined) return null
  return { url: telemetry.otlp, limit: parseDuration(policy?.timeout ?? '') }
}
