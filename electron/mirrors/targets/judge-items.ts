import type { RaceConflict } from '../../contract/mirror.ts'
import type { Candidate, Check } from '../race/adapter.ts'
import { type Authority, compare, conflictOf, contentNote, isBroken, type Out, putOut } from './compare.ts'

export type Trust = {
  /** Whoever is believed about an item before any mirror. */
  authority?: (item: string) => Authority | null
  /** Whether a mirror's word on an item counts, whatever the others say; what is broken never does. */
  believed?: (id: string, item: string) => boolean
}

/**
 * Compares items that have one true value each. Those that say something else join `out`. `agreeing`: those that say
 * what is known to be true, per item.
 */
export function judgeItems(
  items: Iterable<string>,
  checks: ReadonlyMap<string, Check>,
  candidates: readonly Candidate[],
  out: Map<string, Out>,
  trust: Trust = {},
): { conflicts: readonly RaceConflict[]; agreeing: ReadonlyMap<string, ReadonlySet<string>> } {
  const conflicts: RaceConflict[] = []
  const agreeing = new Map<string, ReadonlySet<string>>()
  for (const item of items) {
    const authority = trust.authority?.(item) ?? null
    const compared = compare(item, checks, candidates, authority)
    const says = (id: string): string => checks.get(id)?.says[item] ?? ''
    const wrong = new Set([...compared.wrong].filter((id) => isBroken(says(id)) || trust.believed?.(id, item) !== true))
    const verdict = { ...compared, wrong }
    const conflict = conflictOf(item, checks, candidates, { wrong, note: contentNote(verdict, authority) }, authority)
    if (conflict) conflicts.push(conflict)
    putOut(item, checks, verdict, out)
    agreeing.set(item, new Set([...checks.keys()].filter((id) => says(id) === verdict.truth?.value)))
  }
  return { conflicts, agreeing }
}

/** All items that any of the sources says something of. */
export const itemsOf = (checks: ReadonlyMap<string, Check>): ReadonlySet<string> =>
  new Set([...checks.values()].flatMap(({ says }) => Object.keys(says)))
