import type { Note } from '../contract/note.ts'
import type { PresenceChange } from '../contract/plan.ts'
import type { RunView, Standing } from '../contract/run.ts'
import { isOurs } from './apply.ts'
import { CodedError } from './errors.ts'
import { readHeld, sameHeld } from './held.ts'
import { isPresence } from './presence.ts'
import { redact } from './redact.ts'
import type { Run } from './replay.ts'
import { blockedBy, laterOn, touchedFiles, type TouchedChange, undoable } from './standing.ts'
import { summarize } from './summary.ts'
import type { StepChange } from './steps.ts'
import type { Reader, System } from './system.ts'
import { standOf, touchedSteps } from './undo-steps.ts'
import { viewChange } from './view.ts'

/**
 * One run in full: its changes as in the plan, how each file stands now, and what stands in the way of its undo.
 * `alive`: the process that holds the lock, if any. Throws `run-not-found`.
 */
export async function viewRun(id: string, runs: readonly Run[], alive: number | null, sys: System): Promise<RunView> {
  const run = runs.find((entry) => entry.id === id)
  if (run === undefined) throw new CodedError('run-not-found', { run: id })
  const stands: RunView['stands'] = []
  for (const touched of touchedFiles(run))
    stands.push({ path: touched.change.path, state: await standingOf(run, runs, touched, sys) })
  for (const { index, change } of touchedSteps(run))
    stands.push({ path: change.path, state: await stepStandingOf(run, runs, index, change, sys) })
  const later = undoable(run) ? blockedBy(run, runs) : null
  const { error } = run
  return {
    run: summarize(run, alive),
    // A run that was given back is shown all the same: what it was about to change.
    changes: run.changes.flatMap((change, index) =>
      isPresence(change) || run.inherited.has(index) ? [] : [viewChange(change)],
    ),
    stands,
    brought: run.changes.flatMap((change) => (isPresence(change) ? [noteOf(change)] : [])),
    undoable: undoable(run),
    later: later && { id: later.id, startedAt: later.startedAt },
    error: error && { ...error, ...(error.cause === undefined ? {} : { cause: redact(error.cause) }) },
    findings: run.findings.map((finding) => ({
      ...finding,
      ...(finding.details === undefined ? {} : { details: finding.details.map(redact) }),
    })),
  }
}

async function standingOf(
  run: Run,
  runs: readonly Run[],
  { index, change }: TouchedChange,
  sys: Reader,
): Promise<Standing> {
  const outcome = run.givenBack.get(index)
  if (outcome === 'kept' || outcome === 'handed') return outcome
  if (outcome !== undefined) return 'back'
  try {
    const current = await readHeld(change, sys)
    if (sameHeld(current, change.before)) return 'back'
    if (isOurs(change, current, run.interims.get(index))) return 'ours'
    return laterOn(run, change, runs).some((later) => isOurs(later.change, current, [])) ? 'later' : 'edited'
  } catch {
    return 'unreadable'
  }
}

async function stepStandingOf(
  run: Run,
  runs: readonly Run[],
  index: number,
  change: StepChange,
  sys: System,
): Promise<Standing> {
  const outcome = run.givenBack.get(index)
  if (outcome === 'kept' || outcome === 'gone') return outcome
  if (outcome !== undefined) return 'back'
  try {
    const state = await standOf(run, index, change, sys)
    const again = (other: Run): boolean =>
      other.id > run.id && undoable(other) && touchedSteps(other).some((one) => one.change.path === change.path)
    return state === 'edited' && runs.some(again) ? 'later' : state
  } catch {
    return 'unreadable'
  }
}

function noteOf(change: PresenceChange): Note {
  if (change.kind === 'group') return { key: 'plan:presence.group', values: { name: change.name, user: change.user } }
  const key = change.kind === 'service' && change.boot ? 'service-boot' : change.kind
  return { key: `plan:presence.${key}`, values: { name: change.name } }
}
