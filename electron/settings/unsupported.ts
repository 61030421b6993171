import type { Profile } from '../contract/profile.ts'
import { CodedError } from '../core/errors.ts'

/**
 * Keys that the schema knows and whose setting comes later. Silence would be a lie: the first one found
 * is refused by name (`not-yet` {key}) before anything is looked at.
 */
export function refuseNotYet(profile: Profile): void {
  const later: readonly (readonly [string, boolean])[] = [['telemetry', profile.telemetry?.otlp !== undefined]]
  const first = later.find(([, named]) => named)
  if (first) throw new CodedError('not-yet', { key: first[0] })
}
