/** Numbers that look drawn and are the same for the same seed (mulberry32), from 0 to below 1. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The same things in a drawn order. */
export function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  return list
    .map((one) => ({ one, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one)
}

/** GOREADY_SEED, else a new one every day. */
export function todaysSeed(): number {
  const given = Number(process.env['GOREADY_SEED'])
  return Number.isSafeInteger(given) && given > 0 ? given : Math.floor(Date.now() / 86_400_000)
}
