/** What is wrong with a mirror of a draw. `throttled`: the lowest latency of all, and slow after one megabyte. */
export const FAULTS = [
  'refused',
  'silent',
  'portal',
  'wrong',
  'stale',
  'denied',
  'limited',
  'cut',
  'certificate',
  'throttled',
] as const
export type Fault = (typeof FAULTS)[number]

/** One mirror of a draw. `rate`: bits a second of its own link; `rtt`: milliseconds. */
export type Drawn = { rate: number; rtt: number; fault: Fault | null }

/** A generator of numbers in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** How rates spread: half of the mirrors below 16 Mbit/s, a sixth above 43: our own guess at a field in which choosing matters. */
const RATE = { median: 16e6, sigma: 1, least: 1e6, most: 200e6 }
const RTT = { least: 5, most: 250 }
const FAULTY = 0.15

/** `count` mirrors at random, 15 % of them faulty. Rate and latency have nothing to do with each other. */
export function draw(count: number, random: () => number): Drawn[] {
  const mirrors = Array.from({ length: count }, (): Drawn => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const rate = Math.min(RATE.most, Math.max(RATE.least, RATE.median * Math.exp(RATE.sigma * normal)))
    return { rate: Math.round(rate), rtt: Math.round(RTT.least * (RTT.most / RTT.least) ** random()), fault: null }
  })
  // 4.5 of 30 are 4 or 5.
  const faulty = Math.floor(count * FAULTY + random())
  const order = mirrors.map((mirror) => ({ mirror, at: random() })).toSorted((a, b) => a.at - b.at)
  for (const { mirror } of order.slice(0, faulty)) {
    mirror.fault = FAULTS[Math.floor(random() * FAULTS.length)] ?? 'silent'
    if (mirror.fault === 'throttled') Object.assign(mirror, { rtt: 2, rate: 80e6 })
  }
  return mirrors
}
