/** One mirror's rate, and whether the link was shared when it was read. */
export type Rated = {
  /** Alone on the link: what it really gives. */
  alone: number | null
  /** Beside others. */
  together: number | null
  /** It was among those that filled the link: alone it may give more. */
  crowded: boolean
}

/** Who comes this close to the link's limit together with others fills it. */
const FULL = 0.8
/** Who gets this much of what the fastest of a full group got was held back by the others, not by itself. */
const HELD = 0.6
/** How far a rate that was read beside others may be off. */
const DOUBT = 1.15

/** Marks those of a group that were held back by each other. `capacity`: the most that came in at once so far. */
export function markCrowded(group: readonly Rated[], capacity: number): void {
  const rates = group.map(({ together }) => together ?? 0)
  const [sum, top] = [rates.reduce((a, b) => a + b, 0), Math.max(...rates)]
  const full = rates.filter((rate) => rate > 0).length > 1 && sum >= FULL * capacity
  for (const one of group) one.crowded = full && (one.together ?? 0) >= HELD * top
}

/** The most that a mirror could give alone, as far as is known. */
export function atMost({ alone, together, crowded }: Rated, capacity: number): number {
  if (alone !== null) return alone
  if (together === null) return 0
  return crowded ? Math.max(capacity, together) : together * DOUBT
}

/** What is believed of a mirror: alone before together. */
export const believed = ({ alone, together }: Rated): number => alone ?? together ?? 0

/**
 * Who is to run alone next: of those that could be the best, the one that gave the most. `atLeast` run in any case.
 * null when nobody that is left could beat the best by more than a tenth.
 */
export function nextAlone<T extends Rated>(all: readonly T[], capacity: number, atLeast: number): T | null {
  const done = all.filter(({ alone }) => alone !== null)
  const best = Math.max(0, ...done.map(({ alone }) => alone ?? 0))
  const left = all.filter(({ alone, together }) => alone === null && together !== null)
  const wanted = done.length < atLeast ? left : left.filter((one) => atMost(one, capacity) * 0.9 > best)
  return wanted.toSorted((a, b) => (b.together ?? 0) - (a.together ?? 0))[0] ?? null
}

/** Deals into groups of about `size`: neighbours of the order (the likely fast ones) into different groups. */
export function deal<T>(ordered: readonly T[], size: number): T[][] {
  const count = Math.ceil(ordered.length / size)
  return Array.from({ length: count }, (_, at) => ordered.filter((_entry, index) => index % count === at))
}

/** A word for a beginner, against the best. */
export function speedWord(rate: number, best: number): 'fast' | 'medium' | 'slow' {
  if (rate >= best * 0.6) return 'fast'
  return rate >= best * 0.25 ? 'medium' : 'slow'
}
