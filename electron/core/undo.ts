import type { Change, HandlerId } from '../contract/plan.ts'
import type { ConflictPolicy, UndoResult } from '../contract/run.ts'
import type { ThreeWay } from '../contract/task.ts'
import { toBase64 } from './bytes.ts'
import { CodedError, causeText, withRemaining, writeError } from './errors.ts'
import { type Held, readHeld, sameHeld } from './held.ts'
import { mendJournal, type Outcome, record, recordInherit, recordRebase } from './journal.ts'
import { takeBackNotices } from './notice.ts'
import { under } from './paths.ts'
import { needRights, type Presence, undoPresences } from './presence.ts'
import { type Formats, withoutOurs } from './rebase.ts'
import type { Run } from './replay.ts'
import type { Handler } from './setting.ts'
import { signOf } from './sign.ts'
import { blockedBy, touchedFiles, undoable } from './standing.ts'
import type { System } from './system.ts'
import type { Timed } from './timed.ts'
import { type Move, transit } from './transition.ts'
import { type Part, partsOf } from './undo-parts.ts'
import { decideSteps, openSteps, returnSteps, type StepDecision, touchedSteps } from './undo-steps.ts'
import { safeDiff } from './view.ts'

export type UndoContext = {
  sys: System
  handlers: ReadonlyMap<HandlerId, Handler>
  formats: Formats
  signal: AbortSignal
  reloading(): void
  /** Asked for each file that was edited since, with what each answer would leave. */
  ask(question: ThreeWay): Promise<'keep' | 'restore' | 'ours'>
  /** Needed for runs that installed, started or joined something. */
  presence?: Presence
  /** Sees what takes time. */
  timed?: Timed
}

/** What an undo is going to do, by the change's index. */
type Decision = { part: Part; outcome: Outcome; to: Held | null }

/**
 * Gives back what stood there before a run: bytes, mode, owner; files and folders that did not exist go.
 * What later runs wrote into the same files stays, and their own undo then gives back what stood there before both.
 * A file that was edited since is asked about (`keep`, `restore`, `ours` = only our keys are taken back).
 * A tree that was moved away comes back to its place. It can be repeated after being cut off. Throws `undo-later-run` {run, later}, `undo-conflict` and writing errors.
 */
export async function undoRun(
  run: Run,
  runs: readonly Run[],
  policy: ConflictPolicy,
  context: UndoContext,
): Promise<UndoResult> {
  const { sys, formats } = context
  const later = blockedBy(run, runs)
  if (later) throw new CodedError('undo-later-run', { run: run.id, later: later.id })
  await needRights(run, sys, context.presence)
  const decisions: Decision[] = []
  for (const part of [...(await partsOf(run, runs, formats, sys))].reverse())
    decisions.push(await decide(part, policy, context))
  const steps = await decideSteps(run, policy, context.ask, sys)
  let folders: { removed: string[]; handed: string[] }
  try {
    await mendJournal(run.path, sys)
    await record(run.path, { t: 'undo-begin', at: new Date().toISOString() }, sys)
    await takeBackNotices(run.changes, run.notices, { ...context, journal: run.path, runId: run.id })
    await tellLater(run, decisions, sys)
    folders = await giveAllBack(run, runs, { decisions, steps }, context)
  } catch (error) {
    throw await withOpen(error, run, { decisions, steps }, sys)
  }
  const { removed, handed } = folders
  const { returned, kept } = await undoPresences(run, sys, context.presence)
  await record(run.path, { t: 'undo-end', at: new Date().toISOString() }, sys)
  const pathsOf = (...wanted: readonly Outcome[]): string[] =>
    decisions
      .filter(({ outcome, part }) => wanted.includes(outcome) && (part.state !== 'back' || outcome === 'handed'))
      .map(({ part }) => part.change.path)
  const stepsOf = (...wanted: readonly Outcome[]): string[] =>
    steps
      .filter(({ outcome, part }) => wanted.includes(outcome) && part.state !== 'back')
      .map(({ part }) => part.change.path)
  return {
    run: run.id,
    restored: [...pathsOf('restored', 'merged'), ...stepsOf('restored', 'merged'), ...returned],
    kept: [...pathsOf('kept'), ...stepsOf('kept'), ...kept],
    handed: [...pathsOf('handed'), ...handed],
    gone: stepsOf('gone'),
    removedFolders: removed,
    removedImages: [],
  }
}

async function decide(part: Part, policy: ConflictPolicy, context: UndoContext): Promise<Decision> {
  const { state, change, current, to, heir } = part
  if (heir !== null && state !== 'back') return { part, outcome: 'handed', to: current }
  if (state === 'back') return { part, outcome: 'restored', to: current }
  if (state === 'ours') return { part, outcome: 'restored', to }
  const answer = policy === 'ask' ? await context.ask(threeWay(part, context.formats)) : policy
  if (answer === 'keep') return { part, outcome: 'kept', to: current }
  if (answer === 'restore') return { part, outcome: 'restored', to }
  return { part, outcome: 'merged', to: withoutOurs(change, current, context.formats) }
}

/** What was written, what was edited since, and what each answer would leave, all redacted. */
export function threeWay({ change, current, written, to }: Part, formats: Formats): ThreeWay {
  const ours = attempt(() => withoutOurs(change, current, formats))
  const leave = (choice: 'keep' | 'restore' | 'ours', result: Held | null) => ({
    choice,
    diff: safeDiff(change, current, result),
    result: result === null ? ('absent' as const) : sameHeld(current, result) ? ('same' as const) : ('other' as const),
  })
  return {
    path: change.path,
    written: safeDiff(change, to, written),
    edited: safeDiff(change, written, current),
    leaves: [
      leave('keep', current),
      leave('restore', to),
      // What was edited may be in no form in which our keys could still be told apart.
      ...(ours === undefined ? [] : [leave('ours', ours)]),
    ],
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

/**
 * Before anything moves, later runs' journals learn what they would have been without this one; it counts as soon
 * as this run's own journal says that the change is given back. One that takes over a line gives it back with its own.
 */
async function tellLater(run: Run, decisions: readonly Decision[], sys: System): Promise<void> {
  for (const { part, outcome } of decisions) {
    const { index, change, rebased, heir } = part
    for (const { later, before, after } of rebased) {
      const earlier = later.run.rebases.some(({ by, of }) => by === run.id && of === index)
      // An attempt before this one may have told something else.
      if (outcome === 'kept' && !earlier) continue
      await mendJournal(later.run.path, sys)
      const states = outcome === 'kept' ? later.change : { before, after }
      const entry = { i: later.index, before: states.before, after: states.after, by: run.id, of: index }
      await recordRebase(later.run.path, entry, sys)
    }
    if (outcome === 'handed' && heir !== null) await handOver(run, index, change, heir, sys)
  }
}

async function handOver(run: Run, index: number, change: Change, heir: Run, sys: System): Promise<void> {
  const has = [...heir.inherited.values()].some(({ by, of }) => by === run.id && of === index)
  await mendJournal(heir.path, sys)
  if (!has) await recordInherit(heir.path, change, run.id, index, sys)
  await record(run.path, { t: 'undo-done', i: index, outcome: 'handed' }, sys)
}

type Decisions = { decisions: readonly Decision[]; steps: readonly StepDecision[] }
type Failure = { path: string; error: unknown }

/**
 * Files, then the folders made for them, then what was moved away. Goes on past what fails; then throws the first
 * failure, with all that is not back in `remaining`.
 */
async function giveAllBack(
  run: Run,
  runs: readonly Run[],
  { decisions, steps }: Decisions,
  context: UndoContext,
): Promise<{ removed: string[]; handed: string[] }> {
  const failures = await giveBack(run, decisions, context)
  const folders = failures.length === 0 ? await removeFolders(run, runs, context.sys) : { removed: [], handed: [] }
  await returnSteps(run, steps, context, (path, error) => failures.push({ path, error }))
  const [first] = failures
  if (first)
    throw withRemaining(
      first.error,
      failures.map(({ path, error }) => `${path}: ${causeText(error)}`),
    )
  return folders
}

/** Goes on past a file that fails; answers what has. */
async function giveBack(run: Run, decisions: readonly Decision[], context: UndoContext): Promise<Failure[]> {
  const { sys } = context
  await removeTemporaries(run, sys)
  const back: Move[] = []
  const outcomes = new Map<number, Outcome>()
  for (const { part, outcome, to } of decisions) {
    const { index, change, current, state } = part
    if (outcome === 'handed' || outcome === 'kept') continue
    outcomes.set(index, outcome)
    // Nothing is written then, but later runs have to know that it is done.
    if (sameHeld(current, to)) await record(run.path, { t: 'undo-done', i: index, outcome }, sys)
    if (state !== 'back') back.push({ index, change, from: current, to })
  }
  const passing = new Set<number>()
  const failures: Failure[] = []
  await transit(back, {
    ...context,
    runId: run.id,
    async intent({ index, to }, temporary, interim) {
      const outcome = outcomes.get(index) ?? 'restored'
      // One that leads to a merged content must not be taken for ours later: it holds the person's own lines.
      const known = interim !== null && outcome === 'restored' ? toBase64(interim) : null
      if (interim === null) passing.delete(index)
      else passing.add(index)
      const entry = { i: index, temporary, interim: known, to: await signOf(to), outcome }
      await record(run.path, { t: 'undo-intent', ...entry }, sys)
    },
    async done({ index }) {
      // What stands there for one reload only is not back yet.
      if (passing.has(index)) return
      await record(run.path, { t: 'undo-done', i: index, outcome: outcomes.get(index) ?? 'restored' }, sys)
    },
    failed: (path, error) => failures.push({ path, error }),
    resumable: true,
    way: 'back',
  })
  return failures
}

/** The error with all that is not given back yet, also where it came before anything was moved. */
async function withOpen(error: unknown, run: Run, { decisions, steps }: Decisions, sys: System): Promise<unknown> {
  if (error instanceof CodedError && error.remaining.length > 0) return error
  const open: string[] = []
  for (const { part, to } of decisions) {
    const { change, current } = part
    // What can't be read is not known to be back.
    const now = await readHeld(change, sys).catch(() => current)
    if (!sameHeld(now, to)) open.push(change.path)
  }
  return withRemaining(error, [...open, ...(await openSteps(run, steps, sys))])
}

/** A temporary file that a cut-off run left would be in the way of the next one. */
export async function removeTemporaries(run: Run, sys: System): Promise<void> {
  for (const path of run.temporaries) {
    if ((await sys.lstat(path)) === null) continue
    await sys.removeFile(path).catch((error: unknown) => {
      throw writeError(error, path)
    })
  }
}

/**
 * Removes the folders that a run made and that are empty again. One in which a run that stands has something goes
 * over to that run.
 */
async function removeFolders(
  run: Run,
  runs: readonly Run[],
  sys: System,
): Promise<{ removed: string[]; handed: string[] }> {
  const removed: string[] = []
  const handed: string[] = []
  const folders = [...run.changes.entries()].flatMap(([index, change]) =>
    change.kind === 'dir' && run.touched.has(index) && !run.givenBack.has(index) ? [{ index, change }] : [],
  )
  // The innermost first, whatever order they came in.
  for (const { index, change } of folders.toSorted((a, b) => b.change.path.length - a.change.path.length)) {
    if ((await sys.lstat(change.path))?.kind !== 'dir') continue
    // Also an empty one: what the other run's undo gives back may belong in there.
    const heir = runs.findLast((other) => other.id !== run.id && undoable(other) && isWithin(other, change.path))
    if (heir !== undefined) {
      await handOver(run, index, change, heir, sys)
      handed.push(change.path)
      continue
    }
    const empty = await sys.removeDir(change.path).catch((error: unknown) => {
      throw writeError(error, change.path)
    })
    if (empty) removed.push(change.path)
  }
  return { removed, handed }
}

/** Whether a run has something below a folder. */
export function isWithin(run: Run, folder: string): boolean {
  const below = (path: string) => path.startsWith(under(folder, ''))
  const made = run.changes.some(
    (change, index) => change.kind === 'dir' && run.touched.has(index) && below(`${change.path}/`),
  )
  const moved = touchedSteps(run).some(({ index, change }) => !run.givenBack.has(index) && below(change.path))
  return made || moved || touchedFiles(run).some(({ change }) => change.kind === 'file' && below(change.real))
}
