import type { Finding } from '../contract/note.ts'
import type { Change, PlanView } from '../contract/plan.ts'
import type { ConflictPolicy, UndoResult } from '../contract/run.ts'
import type { TaskReport } from '../contract/task.ts'
import {
  type ApplyRequest,
  type AskConflict,
  type Choices,
  type Elevation,
  type Hand,
  needsRights,
  shownOf,
  subjectOf,
} from './elevation.ts'
import { CodedError } from './errors.ts'
import { readHeld, sameHeld } from './held.ts'
import { mendJournal, record } from './journal.ts'
import { isPresence } from './presence.ts'
import type { Run } from './replay.ts'
import { elevatedFiles } from './standing.ts'
import type { System } from './system.ts'

/** The part of a run that a helper with administrator rights does, and its client's side of it. */

type Tools = { sys: System; elevation?: Elevation }
type Report = (event: TaskReport) => void

/** The indices of the changes that a helper has to make: none for root, and none where no helper is known. */
export function helpersPart(changes: readonly Change[], { sys, elevation }: Tools): ReadonlySet<number> {
  if (elevation === undefined || sys.identity.uid === 0) return new Set()
  return new Set([...changes.entries()].flatMap(([index, change]) => (needsRights(change) ? [index] : [])))
}

const partOf = (changes: readonly Change[], part: ReadonlySet<number>): readonly Change[] =>
  changes.filter((_, index) => part.has(index))

/** Throws `needs-admin` {path} where a helper could only refuse, or nobody could be asked for a password. */
export async function refuseHopeless(
  changes: readonly Change[],
  part: ReadonlySet<number>,
  choices: Choices | null,
  { elevation }: Tools,
): Promise<void> {
  const wanted = partOf(changes, part)
  const [first] = wanted
  if (first === undefined || elevation === undefined) return
  const forbidden = elevation.refuses(wanted, (choices?.repairs ?? []).length > 0)
  if (forbidden !== null) throw new CodedError('needs-admin', { path: forbidden })
  if (choices === null || !(await elevation.possible())) throw new CodedError('needs-admin', { path: subjectOf(first) })
}

/** What a plan is shown to need. */
export async function rightsFor(
  changes: readonly Change[],
  choices: Choices | null,
  tools: Tools,
): Promise<PlanView['rights']> {
  if (!changes.some((change) => needsRights(change) && !(isPresence(change) && tools.sys.identity.uid === 0)))
    return 'not-needed'
  const part = helpersPart(changes, tools)
  if (part.size === 0) return 'missing'
  return refuseHopeless(changes, part, choices, tools).then(
    () => 'password',
    () => 'missing',
  )
}

/** Starts the helper: the person is asked. null: there is nothing to do for it. Errors: those of `Elevation.open`. */
export async function takeHand(
  changes: readonly Change[],
  part: ReadonlySet<number>,
  { elevation }: Tools,
  report: Report,
  signal: AbortSignal,
): Promise<Hand | null> {
  const [first] = partOf(changes, part)
  if (first === undefined || elevation === undefined) return null
  report({ type: 'step', step: 'rights', state: 'running' })
  const hand = await elevation.open(subjectOf(first), signal)
  report({ type: 'step', step: 'rights', state: 'done' })
  return hand
}

/** What the helper is asked for: the choices, and each change as it was shown. */
export async function requestFor(
  run: string,
  changes: readonly Change[],
  part: ReadonlySet<number>,
  choices: Choices,
): Promise<Omit<ApplyRequest, 'op'>> {
  const shown = await Promise.all(partOf(changes, part).map((change) => shownOf(change)))
  return { run, choices, shown: shown.filter((one) => one !== null) }
}

/**
 * Undoes the helper's part of a run, in front of the person's own: a password that is refused leaves all as it is.
 * null: it had none, or nothing was left of it. Errors: those of `Elevation.open` and of `undoRun`.
 */
export async function undoByHelper(
  run: Run,
  policy: ConflictPolicy,
  { sys, elevation }: Tools,
  how: { ask: AskConflict; report: Report; signal: AbortSignal },
): Promise<UndoResult | null> {
  const [first] = run.elevated
  const change = first === undefined ? undefined : run.changes[first]
  if (change === undefined || run.elevatedBack) return null
  if (elevation === undefined) throw new CodedError('needs-admin', { path: subjectOf(change) })
  if (!(await elevation.keepsRecords())) {
    await mendJournal(run.path, sys)
    await record(run.path, { t: 'elevated-back' }, sys)
    return null
  }
  how.report({ type: 'step', step: 'rights', state: 'running' })
  const hand = await elevation.open(subjectOf(change), how.signal)
  how.report({ type: 'step', step: 'rights', state: 'done' })
  try {
    const result = await hand.undo(run.id, policy, how.ask, how.report, how.signal)
    await mendJournal(run.path, sys)
    await record(run.path, { t: 'elevated-back' }, sys)
    return result
  } finally {
    hand.close()
  }
}

/** How the helper's files stand after a run that was cut off, as far as this account may see them. Only reads. */
export async function settledByHelper(run: Run, sys: System): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  if (run.elevatedBack) return findings
  for (const { change } of elevatedFiles(run)) {
    const now = await readHeld(change, sys).catch(() => undefined)
    if (now === undefined) continue
    const state = sameHeld(now, change.before) ? 'before' : sameHeld(now, change.after) ? 'after' : 'neither'
    const note = { key: `plan:settled.${state}`, values: { path: change.path, run: run.id } }
    findings.push({ id: `settled.${state}`, severity: state === 'neither' ? 'warning' : 'info', note })
  }
  return findings
}

/** Two answers of an undo as one. */
export const joinUndo = (own: UndoResult, helpers: UndoResult | null): UndoResult =>
  helpers === null
    ? own
    : {
        run: own.run,
        restored: [...helpers.restored, ...own.restored],
        kept: [...helpers.kept, ...own.kept],
        handed: [...helpers.handed, ...own.handed],
        gone: [...helpers.gone, ...own.gone],
        removedFolders: [...helpers.removedFolders, ...own.removedFolders],
        removedImages: own.removedImages,
      }
