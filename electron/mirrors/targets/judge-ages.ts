import type { RaceConflict } from '../../contract/mirror.ts'
import type { Candidate, Check } from '../race/adapter.ts'
import { conflictOf, type Out, saidOf } from './compare.ts'
import { type Fresh, freshness, type Order } from './freshness.ts'

/**
 * Judges how new the sources are by an item that names a version (or a date) of each, and the dates of the checks.
 * Those that are stale join `out`, unless they are out already; what is out for its content counts for nothing.
 */
export function judgeAges(
  item: string,
  checks: ReadonlyMap<string, Check>,
  candidates: readonly Candidate[],
  order: Order,
  now: number,
  out: Map<string, Out>,
): { fresh: ReadonlyMap<string, Fresh>; conflicts: readonly RaceConflict[] } {
  const ages = new Map(
    [...saidOf(item, checks)]
      .filter(([id]) => !out.has(id))
      .map(([id, version]) => [id, { version, date: checks.get(id)?.date ?? null }]),
  )
  const official = new Set(candidates.filter((one) => one.official).map(({ id }) => id))
  const fresh = freshness(ages, official, order, now)
  const stale = new Set([...fresh].filter(([, value]) => value === 'stale').map(([id]) => id))
  for (const id of stale) out.set(id, { reason: 'stale', cause: `${item}: ${ages.get(id)?.version ?? ''}` })
  const newest =
    [...ages.values()]
      .map(({ version }) => version)
      .toSorted(order)
      .at(-1) ?? ''
  const note =
    stale.size > 0
      ? { key: 'mirror:conflict.stale', values: { wrong: stale.size, newest } }
      : { key: 'mirror:conflict.recent', values: { newest } }
  const remaining = new Map([...checks].filter(([id]) => ages.has(id)))
  const conflict = conflictOf(item, remaining, candidates, { wrong: stale, note })
  return { fresh, conflicts: conflict === null ? [] : [conflict] }
}
