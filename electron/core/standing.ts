import type { Edit } from '../contract/plan.ts'
import { clashes } from './clash.ts'
import { CodedError } from './errors.ts'
import { type HeldChange, isHeld, placeOf } from './held.ts'
import { isPresence, presenceName } from './presence.ts'
import type { Run } from './replay.ts'

export type TouchedChange = { index: number; change: HeldChange }

/** The changes of files and variables that a run began. */
export function touchedFiles(run: Run): readonly TouchedChange[] {
  return run.changes.flatMap((change, index) => (isHeld(change) && run.touched.has(index) ? [{ index, change }] : []))
}

/** Those that the helper with administrator rights was asked for. */
export function elevatedFiles(run: Run): readonly TouchedChange[] {
  return run.changes.flatMap((change, index) => (isHeld(change) && run.elevated.has(index) ? [{ index, change }] : []))
}

/** Whether a run stands: it was applied (or cut off after its first write) and is not undone. */
export const undoable = (run: Run): boolean =>
  !run.undone &&
  // After a notice alone everything is as it was.
  run.changes.some(({ kind }) => kind !== 'notice') &&
  (run.end === 'applied' ||
    (run.end === null && (run.touched.size > 0 || run.elevated.size > 0)) ||
    run.remaining.length > 0)

/**
 * The run that an undo means: the named one, else the newest that stands. null: there is none.
 * Throws `run-not-found` for a name that no run has.
 */
export function newestUndoable(runs: readonly Run[], id: string | null): Run | null {
  if (id === null) return runs.find(undoable) ?? null
  const run = runs.find((entry) => entry.id === id)
  if (!run) throw new CodedError('run-not-found', { run: id })
  return undoable(run) ? run : null
}

export type Later = TouchedChange & { run: Run }

/** Later runs that stand, oldest first, each with what it changed in the same place. */
export function laterOn(run: Run, place: HeldChange, runs: readonly Run[]): readonly Later[] {
  return runs
    .filter((other) => other.id > run.id && undoable(other))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .flatMap((other) =>
      touchedFiles(other)
        .filter(({ index, change }) => placeOf(change) === placeOf(place) && !other.givenBack.has(index))
        .map((touched) => ({ ...touched, run: other })),
    )
}

/** The edits that really change something. */
export const realEdits = (edits: readonly Edit[]): readonly Edit[] =>
  edits.filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after) || after === null)

/** What one edit changes, comparable; entries of a list of the system's are the same in any case. */
const thing = ({ target, key }: Edit): string =>
  target.kind === 'env' ? `env ${key.toUpperCase()}` : `${target.format} ${key}`

/** Whether two changes of one place mean the same things in it, so that one cannot be taken out from under the other. */
function sameThings(a: HeldChange, b: HeldChange): boolean {
  if (a.edits.length === 0 || b.edits.length === 0) return true
  const formats = new Set([...a.edits, ...b.edits].map(({ target }) => (target.kind === 'env' ? '' : target.format)))
  if (formats.size > 1) return true
  const mine = new Set(realEdits(a.edits).map(thing))
  return realEdits(b.edits).some((edit) => mine.has(thing(edit)))
}

/** The later run that stands in the way of undoing one: it changed the same things. null: none does. */
export function blockedBy(run: Run, runs: readonly Run[]): Run | null {
  for (const { index, change } of touchedFiles(run)) {
    if (run.givenBack.has(index)) continue
    const later = laterOn(run, change, runs).find((other) => sameThings(change, other.change))
    if (later) return later.run
  }
  const mine = new Set(presencesOf(run))
  return (
    runs
      .filter((other) => other.id > run.id && undoable(other))
      .findLast((other) => presencesOf(other).some((name) => mine.has(name)) || clashes(run, other)) ?? null
  )
}

const presencesOf = (run: Run): readonly string[] =>
  run.changes.flatMap((change, index) =>
    isPresence(change) && run.touched.has(index) ? [`${change.kind} ${presenceName(change)}`] : [],
  )
