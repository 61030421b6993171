import { sameBytes } from './bytes.ts'
import { type Held, type HeldChange, isFileState, readHeld, sameHeld } from './held.ts'
import type { Run } from './replay.ts'
import { formatOf, type Formats, type Step, takeOutOf, type Way } from './rebase.ts'
import { laterOn, touchedFiles, undoable } from './standing.ts'
import type { Reader, System } from './system.ts'
import { stepParts } from './undo-steps.ts'

/**
 * One file or variable of a run as it stands now. `back`: as it was before the run; `ours`: as the run (and later
 * ones) left it; `edited`: neither. `written` is what was left there, `to` what gives it back.
 */
export type Part = {
  index: number
  change: HeldChange
  current: Held | null
  state: 'back' | 'ours' | 'edited'
  written: Held | null
  to: Held | null
  rebased: Way['rebased']
  /** A later run that relies on what stands here, although it never changed it. */
  heir: Run | null
}

/**
 * How the files and variables of a run stand, and what its undo would make of each. What was given back already
 * is left out. Throws `undo-later-run` where a later run cannot be told apart, and reading errors.
 */
export async function partsOf(run: Run, runs: readonly Run[], formats: Formats, sys: Reader): Promise<readonly Part[]> {
  const parts: Part[] = []
  for (const { index, change } of touchedFiles(run)) {
    const gone = run.givenBack.get(index)
    if (gone !== undefined && gone !== 'kept') continue
    const { steps, rebased } = takeOutOf(run.id, change, laterOn(run, change, runs), formats)
    const current = await readHeld(change, sys)
    const heir = rebased.length === 0 ? heirOf(run, change, runs) : null
    parts.push({ index, change, current, rebased, heir, ...stand(run, index, change, current, steps) })
  }
  return parts
}

function stand(
  run: Run,
  index: number,
  change: HeldChange,
  current: Held | null,
  steps: readonly Step[],
): Pick<Part, 'state' | 'written' | 'to'> {
  const last = steps.at(-1) ?? { from: change.after, to: change.before, later: null }
  if (sameHeld(current, last.to)) return { state: 'back', written: last.from, to: last.to }
  const interims = ({ later }: Step) => (later ? later.run.interims.get(later.index) : run.interims.get(index)) ?? []
  const step = steps.findLast(
    (one) =>
      sameHeld(current, one.from) ||
      (current !== null && isFileState(current) && interims(one).some((bytes) => sameBytes(bytes, current.bytes))),
  )
  if (step) return { state: 'ours', written: step.from, to: step.to }
  const state = sameHeld(current, change.before) ? 'back' : 'edited'
  return { state, written: last.from, to: last.to }
}

/**
 * The later run that relies on a line of this change: a fenced block names a file of ours, and the later run wrote
 * into that file without needing the block again.
 */
function heirOf(run: Run, change: HeldChange, runs: readonly Run[]): Run | null {
  if (formatOf(change) !== 'fence') return null
  const words = change.edits.flatMap(({ after }) => (typeof after === 'string' ? [after] : [])).join('\n')
  // The folder and the name: how the rest is written depends on the shell.
  const names = (path: string) => words.includes(path.split(/[/\\]/).slice(-2).join('/'))
  const heirs = runs.filter(
    (other) => other.id > run.id && undoable(other) && touchedFiles(other).some((one) => names(one.change.path)),
  )
  return heirs.at(-1) ?? null
}

/** Files and trees of a run that neither it nor the time before it left as they are now: an undo asks about them. */
export async function conflicts(
  run: Run,
  runs: readonly Run[],
  formats: Formats,
  sys: System,
): Promise<readonly string[]> {
  const parts = await partsOf(run, runs, formats, sys)
  const steps = await stepParts(run, sys)
  return [...parts.filter(({ heir }) => heir === null), ...steps]
    .filter(({ state }) => state === 'edited')
    .map(({ change }) => change.path)
}
