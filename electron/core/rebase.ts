import type { FormatId } from '../contract/plan.ts'
import { CodedError } from './errors.ts'
import { editEnv } from './env.ts'
import { bytesOf, type FileChange, type Held, type HeldChange, isFileState, sameHeld } from './held.ts'
import { newState } from './plan.ts'
import type { Format } from './setting.ts'
import { type Later, realEdits } from './standing.ts'

export type Formats = ReadonlyMap<FormatId, Format>

/** The format of a change's file; null for a variable, and for a file that was never edited by keys. */
export const formatOf = ({ edits }: HeldChange): FormatId | null => {
  const target = edits[0]?.target
  return target?.kind === 'file' ? target.format : null
}

/** What stands there less the keys of a change: each goes back to what it was. */
export function withoutOurs(change: HeldChange, current: Held | null, formats: Formats): Held | null {
  const back = change.edits.map(({ key, before }) => ({ key, after: before }))
  if (current === null) return null
  if (!isFileState(current)) return change.kind === 'env' ? editEnv(change.name, current, back) : current
  const format = formats.get(formatOf(change) ?? 'fence')
  if (!format) return current
  const bytes = format.edit(current.bytes, back)
  return bytes === null ? null : { ...current, bytes }
}

/** A change without the keys that somebody has set to something else since. */
export function withoutTheirs(change: HeldChange, now: Held | null, formats: Formats): HeldChange {
  const format = formats.get(formatOf(change) ?? 'fence')
  if (change.kind === 'env' || format === undefined) return { ...change }
  const [left, found] = [format.read(bytesOf(change.after)), format.read(bytesOf(now))]
  const edits = change.edits.filter(({ key }) => JSON.stringify(left.get(key)) === JSON.stringify(found.get(key)))
  return { ...change, edits }
}

/** What a change makes of another content than the one it was planned for. */
export function redo(change: HeldChange, before: Held | null, formats: Formats): Held | null {
  if (sameHeld(before, change.before)) return change.after
  const edits = realEdits(change.edits)
  if (change.kind === 'env') return editEnv(change.name, before === null || isFileState(before) ? null : before, edits)
  return redoFile(change, before !== null && isFileState(before) ? before : null, formats)
}

function redoFile(change: FileChange, before: FileChange['before'], formats: Formats): FileChange['after'] {
  const format = formats.get(formatOf(change) ?? 'fence')
  const bytes = format?.edit(before?.bytes ?? null, realEdits(change.edits)) ?? null
  const owner = before ?? change.after ?? change.before
  return bytes === null || owner === null ? null : newState(bytes, before, change.edits, owner)
}

/** One content that the file may hold when a run is undone, and what takes its place. */
export type Step = { from: Held | null; to: Held | null; later: Later | null }

/** What a later run's change would have been, had the earlier one never been made. */
export type Rebased = { later: Later; before: Held | null; after: Held | null }

export type Way = { steps: readonly Step[]; rebased: readonly Rebased[] }

/**
 * How a change is taken out from under later ones of the same place (oldest first) that mean other things in it:
 * every one of them is made again on what stood there before. Throws the formats' own errors.
 */
export function takeOut(change: HeldChange, later: readonly Later[], formats: Formats): Way {
  const steps: Step[] = [{ from: change.after, to: change.before, later: null }]
  const rebased: Rebased[] = []
  for (const one of later) {
    const known = steps.findLast(({ from }) => sameHeld(one.change.before, from))
    const untouched = sameHeld(one.change.before, change.before)
    const mine = () => withoutOurs(withoutTheirs(change, one.change.before, formats), one.change.before, formats)
    const before = known ? known.to : untouched ? change.before : mine()
    const after = redo(one.change, before, formats)
    rebased.push({ later: one, before, after })
    steps.push({ from: one.change.after, to: after, later: one })
  }
  return { steps, rebased }
}

/** As `takeOut`; throws `undo-later-run` {run, later} where the later one cannot be told apart from it. */
export function takeOutOf(run: string, change: HeldChange, later: readonly Later[], formats: Formats): Way {
  try {
    return takeOut(change, later, formats)
  } catch (error) {
    throw new CodedError('undo-later-run', { run, later: later[0]?.run.id ?? run }, error)
  }
}
