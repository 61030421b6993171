import type { Note } from '../../contract/note.ts'
import type { Candidate, Check, Judgement } from '../race/adapter.ts'
import { compare, conflictOf, contentNote, isBroken, type Out, putOut, saidOf, type Verdict } from './compare.ts'
import { freshness } from './freshness.ts'

type Round = {
  checks: ReadonlyMap<string, Check>
  candidates: readonly Candidate[]
  items: { manifest: string; created: string }
  now: number
}

/** Whether the mirror `id` has a manifest of that digest. */
export type Knows = (id: string, digest: string) => Promise<boolean>

/** As many mirrors are asked about a digest that is not theirs. */
const WITNESSES = 2

/**
 * A tag that leads to another manifest than elsewhere is either an older edition or a made-up one. An older edition
 * is known by its digest to those that have the newer one; it is stale when it is more than a day behind. What
 * nobody else knows is wrong.
 */
export async function judgeDocker(round: Round, knows: Knows): Promise<Judgement> {
  const { checks, candidates, items, now } = round
  const verdict = compare(items.manifest, checks, candidates, null)
  const older = await olderOf(round, verdict, knows)
  const wrong = new Set([...verdict.wrong].filter((id) => !older.has(id)))
  const out = new Map<string, Out>()
  putOut(items.manifest, checks, { ...verdict, wrong }, out)

  const ages = new Map(
    [...saidOf(items.created, checks)]
      .filter(([id]) => !out.has(id))
      .map(([id, created]) => [id, { version: created, date: created }]),
  )
  const official = new Set(candidates.filter((one) => one.official).map(({ id }) => id))
  const fresh = freshness(ages, official, (a, b) => Date.parse(a) - Date.parse(b), now)
  const stale = [...fresh].filter(([id, value]) => value === 'stale' && older.has(id)).map(([id]) => id)
  for (const id of stale) out.set(id, { reason: 'stale', cause: `${items.created}: ${ages.get(id)?.version ?? ''}` })

  const note = noteOf(verdict, wrong.size, older.size, stale.length)
  const marked = new Set([...wrong, ...stale])
  const conflict = conflictOf(items.manifest, checks, candidates, { wrong: marked, note })
  return {
    out,
    conflicts: conflict === null ? [] : [conflict],
    // The digest of a tag counts as proved when the official registry, or two mirrors, say the same.
    safe: new Set(verdict.truth === null ? [] : [...checks.keys()].filter((id) => !wrong.has(id) && !out.has(id))),
    fresh: new Map([...checks.keys()].map((id) => [id, fresh.get(id) ?? 'unknown'])),
  }
}

/** Those whose manifest is not the one of now but known elsewhere. */
async function olderOf(round: Round, verdict: Verdict, knows: Knows): Promise<ReadonlySet<string>> {
  const { checks, candidates, items } = round
  const said = saidOf(items.manifest, checks)
  const suspects = [...said].filter(
    ([id, value]) => !isBroken(value) && (verdict.truth === null || verdict.wrong.has(id)),
  )
  const values = [...new Set(suspects.map(([, value]) => value))].filter(() => new Set(said.values()).size > 1)
  const known = await Promise.all(
    values.map(async (value) => {
      const witnesses = candidates
        .filter(({ id }) => isWitness(id, value, round, verdict))
        .toSorted((a, b) => Number(b.official) - Number(a.official))
      const answers = await Promise.all(witnesses.slice(0, WITNESSES).map(({ id }) => knows(id, value)))
      return answers.includes(true)
    }),
  )
  const genuine = new Set(values.filter((_, at) => known[at]))
  return new Set(suspects.filter(([, value]) => genuine.has(value)).map(([id]) => id))
}

/** Who can tell of a digest: those who have the true manifest, or, while none is known, a newer one. */
function isWitness(id: string, value: string, { checks, items }: Round, { truth }: Verdict): boolean {
  const own = checks.get(id)?.says[items.manifest]
  if (own === undefined || own === value) return false
  return truth === null || own === truth.value
}

function noteOf(verdict: Verdict, wrong: number, older: number, stale: number): Note {
  if (older === 0) return contentNote(verdict, null)
  return wrong === 0
    ? { key: 'mirror:conflict.older', values: { stale } }
    : { key: 'mirror:conflict.mixed', values: { wrong, stale } }
}
