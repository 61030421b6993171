import { DAY } from './compare.ts'

/** How new what one source holds is. `order` above or below 0 as in a sort; `date` ISO, null where it does not say. */
export type Age = { version: string; date: string | null }
export type Order = (a: string, b: string) => number

export type Fresh = 'fresh' | 'stale' | 'unknown'

/**
 * Who is behind the others by more than a day. What is newest has to be vouched for (by the official source or by
 * two), so that one source that makes up a future does not turn all others out. A source that lacks what came out
 * within the last day is not behind by a day, unless most of the others have it and its own is older by more.
 */
export function freshness(
  ages: ReadonlyMap<string, Age>,
  official: ReadonlySet<string>,
  order: Order,
  now: number,
): ReadonlyMap<string, Fresh> {
  const newest = newestOf(ages, official, order)
  return new Map(
    [...ages].map(([id, age]): [string, Fresh] => {
      if (newest === null || ages.size < 2) return [id, 'unknown']
      if (order(age.version, newest.version) >= 0) return [id, 'fresh']
      const others = [...ages].filter(([other]) => other !== id)
      const ahead = others.filter(([, other]) => order(other.version, newest.version) >= 0)
      return [id, isStale(age, newest, ahead.length * 2 >= others.length, now) ? 'stale' : 'fresh']
    }),
  )
}

function isStale(age: Age, newest: Age, mostAhead: boolean, now: number): boolean {
  const [own, new_] = [timeOf(age.date), timeOf(newest.date)]
  // A date of its own that is later than that of what it lacks tells when it was written, not how old it is.
  if (own !== null && new_ !== null && own <= new_ && new_ - own <= DAY) return false
  if (new_ === null) return mostAhead
  return mostAhead || now - new_ > DAY
}

function newestOf(ages: ReadonlyMap<string, Age>, official: ReadonlySet<string>, order: Order): Age | null {
  const sorted = [...ages].toSorted(([, a], [, b]) => order(b.version, a.version))
  const vouched = sorted.find(
    ([id, { version }]) =>
      ages.size <= 2 ||
      official.has(id) ||
      sorted.filter(([, other]) => order(other.version, version) >= 0).length >= 2,
  )
  if (!vouched) return null
  // Of those that hold the same, the earliest date that is given: when it came out.
  const dates = sorted
    .filter(([, { version }]) => order(version, vouched[1].version) === 0)
    .flatMap(([, { date }]) => (timeOf(date) === null || date === null ? [] : [date]))
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))
  return { version: vouched[1].version, date: dates[0] ?? null }
}

function timeOf(date: string | null): number | null {
  const time = date === null ? Number.NaN : Date.parse(date)
  return Number.isNaN(time) ? null : time
}
