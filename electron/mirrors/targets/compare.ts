import type { OutReason, RaceConflict } from '../../contract/mirror.ts'
import type { Note } from '../../contract/note.ts'
import { redact } from '../../core/redact.ts'
import type { Candidate, Check } from '../race/adapter.ts'

export const DAY = 24 * 60 * 60 * 1000

const BROKEN = 'damaged: '

/** What a source says of an item that contradicts itself, whatever the others say. */
export const broken = (cause: string): string => `${BROKEN}${cause}`
export const isBroken = (value: string): boolean => value.startsWith(BROKEN)

/** Whoever is believed before any mirror: a checksum database, a signature. */
export type Authority = { name: string; url: string; value: string }

/** Why a value counts as the true one. */
export type Ground = 'authority' | 'official' | 'majority'

/** What a comparison of one item says. `truth` null: nothing decides between the values. */
export type Verdict = { truth: { value: string; ground: Ground } | null; wrong: ReadonlySet<string>; agree: number }

/**
 * Compares what several sources say of one thing that has one true value. An authority is believed first, then
 * the official source, then a majority of at least two and more than half. What is broken is wrong in any case.
 */
export function compare(
  item: string,
  checks: ReadonlyMap<string, Check>,
  candidates: readonly Candidate[],
  authority: Authority | null,
): Verdict {
  const said = saidOf(item, checks)
  const truth = truthOf(said, candidates, authority)
  const differs = (value: string): boolean => isBroken(value) || (truth !== null && value !== truth.value)
  const wrong = new Set([...said].filter(([, value]) => differs(value)).map(([id]) => id))
  return { truth, wrong, agree: said.size - wrong.size }
}

/** Who says what of an item. */
export function saidOf(item: string, checks: ReadonlyMap<string, Check>): ReadonlyMap<string, string> {
  return new Map(
    [...checks].flatMap(([id, { says }]) => {
      const value = says[item]
      return value === undefined ? [] : [[id, value]]
    }),
  )
}

function truthOf(
  said: ReadonlyMap<string, string>,
  candidates: readonly Candidate[],
  authority: Authority | null,
): Verdict['truth'] {
  if (authority !== null) return { value: authority.value, ground: 'authority' }
  const whole = new Map([...said].filter(([, value]) => !isBroken(value)))
  const official = candidates.find(({ id, official: yes }) => yes && whole.has(id))
  const value = official === undefined ? undefined : whole.get(official.id)
  if (value !== undefined) return { value, ground: 'official' }
  const counts = new Map<string, number>()
  for (const one of whole.values()) counts.set(one, (counts.get(one) ?? 0) + 1)
  for (const [one, count] of counts) if (count >= 2 && count * 2 > whole.size) return { value: one, ground: 'majority' }
  return null
}

/** Puts all that are wrong into `out`, with what they say and what is true. */
export function putOut(
  item: string,
  checks: ReadonlyMap<string, Check>,
  verdict: Verdict,
  out: Map<string, Out>,
): void {
  const truth = verdict.truth === null ? '' : `, ${verdict.truth.ground}: ${verdict.truth.value}`
  for (const id of verdict.wrong)
    if (!out.has(id))
      out.set(id, { reason: 'wrong-content', cause: `${item}: ${checks.get(id)?.says[item] ?? ''}${truth}` })
}

/** The row of the table: null while all say the same, and it is true. */
export function conflictOf(
  item: string,
  checks: ReadonlyMap<string, Check>,
  candidates: readonly Candidate[],
  verdict: { wrong: ReadonlySet<string>; note: Note },
  authority: Authority | null = null,
): RaceConflict | null {
  const said = saidOf(item, checks)
  const values = new Set(said.values())
  if (authority !== null) values.add(authority.value)
  if (values.size < 2) return null
  const rows = candidates.flatMap(({ id, url }) => {
    const value = said.get(id)
    return value === undefined ? [] : [{ id, url: redact(url), value, wrong: verdict.wrong.has(id) }]
  })
  const first =
    authority === null ? [] : [{ id: 'authority', url: authority.url, value: authority.value, wrong: false }]
  return { item, says: [...first, ...rows], verdict: verdict.note }
}

/** The sentence of a table about an item that has one true value. */
export function contentNote(verdict: Verdict, authority: Authority | null): Note {
  const values = { wrong: verdict.wrong.size, agree: verdict.agree }
  switch (verdict.truth?.ground) {
    case undefined:
      return { key: 'mirror:conflict.undecided' }
    case 'authority':
      return { key: 'mirror:conflict.authority', values: { ...values, authority: authority?.name ?? '' } }
    case 'official':
      return { key: 'mirror:conflict.official', values }
    case 'majority':
      return { key: 'mirror:conflict.majority', values }
  }
}

export type Out = { reason: OutReason; cause: string }
