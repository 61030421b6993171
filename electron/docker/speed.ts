/** A smoothed rate. Times are milliseconds of any clock that does not run backwards. */
export type Speed = { sample(bytes: number, now: number): void; value(): number | null }

/** Shorter spans say more about chunks than about the network. */
const SPAN = 250
/** The rate forgets half of what it knew in about two seconds. */
const MEMORY = 3000

/** Bytes a second out of a growing total, exponentially smoothed. null until a span has passed. */
export function createSpeed(): Speed {
  let last: { bytes: number; at: number } | null = null
  let rate: number | null = null
  return {
    sample(bytes, now) {
      if (last === null) {
        last = { bytes, at: now }
        return
      }
      const span = now - last.at
      if (span < SPAN) return
      // A layer that is fetched again makes the total shrink: that is no negative speed.
      const fresh = (Math.max(0, bytes - last.bytes) / span) * 1000
      const weight = 1 - Math.exp(-span / MEMORY)
      rate = rate === null ? fresh : rate + (fresh - rate) * weight
      last = { bytes, at: now }
    },
    value: () => rate,
  }
}
