import type { Finding } from '../contract/note.ts'
import type { Change, FormatId, HandlerId } from '../contract/plan.ts'
import type { ConflictPolicy, RunStatus, RunSummary, UndoResult } from '../contract/run.ts'
import { toBase64 } from './bytes.ts'
import { diffText } from './diff.ts'
import { editEnv, showEnv } from './env.ts'
import { CodedError, causeText, withRemaining } from './errors.ts'
import { bytesOf, type Held, type HeldChange, isFileState, isHeld, placeOf, readHeld, sameHeld } from './held.ts'
import { mendJournal, type Run, record } from './journal.ts'
import {
  isBack,
  isPresence,
  needRights,
  type Presence,
  presenceName,
  touchedPresences,
  undoPresences,
} from './presence.ts'
import type { Format, Handler } from './setting.ts'
import type { Reader, System } from './system.ts'
import { isOurs } from './apply.ts'
import { type Move, transit } from './transition.ts'
import { actionOf } from './view.ts'

export type UndoContext = {
  sys: System
  handlers: ReadonlyMap<HandlerId, Handler>
  formats: ReadonlyMap<FormatId, Format>
  signal: AbortSignal
  reloading(): void
  /** Asked for each file that was edited since; `diff` shows what the person changed. */
  ask(path: string, diff: string): Promise<'keep' | 'restore' | 'ours'>
  /** Needed for runs that installed, started or joined something. */
  presence?: Presence
}

type Outcome = 'restored' | 'kept' | 'merged'

/** Files of a run that a later run touched as well must be given back by that one first. */
function refuseLater(run: Run, runs: readonly Run[]): void {
  const mine = new Set(touchedFiles(run).map(({ change }) => placeOf(change)))
  const later = runs.find(
    (other) =>
      other.id > run.id && undoable(other) && touchedFiles(other).some(({ change }) => mine.has(placeOf(change))),
  )
  if (later) throw new CodedError('undo-later-run', { run: run.id, later: later.id })
}

/** The changes of files and variables that a run began. */
export function touchedFiles(run: Run): readonly { index: number; change: HeldChange }[] {
  return run.changes.flatMap((change, index) => (isHeld(change) && run.touched.has(index) ? [{ index, change }] : []))
}

/** Whether a run stands: it was applied (or cut off after its first write) and is not undone. */
export const undoable = (run: Run): boolean =>
  !run.undone &&
  run.changes.length > 0 &&
  (run.end === 'applied' || (run.end === null && run.touched.size > 0) || run.remaining.length > 0)

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

/** Files of a run that neither it nor the time before it left as they are now: an undo asks about them. */
export async function conflicts(run: Run, sys: Reader): Promise<readonly string[]> {
  const paths: string[] = []
  for (const { index, change } of touchedFiles(run)) {
    if (!isOurs(change, await readHeld(change, sys), run.interims.get(index))) paths.push(change.path)
  }
  return paths
}

/**
 * Gives back what stood there before a run: bytes, mode, owner; files and folders that did not exist go.
 * A file that was edited since is asked about (`keep`, `restore`, `ours` = only our keys are taken back).
 * It can be repeated after being cut off. Throws `undo-later-run`, `undo-conflict` and writing errors.
 */
export async function undoRun(
  run: Run,
  runs: readonly Run[],
  policy: ConflictPolicy,
  context: UndoContext,
): Promise<UndoResult> {
  refuseLater(run, runs)
  const { sys, formats } = context
  await needRights(run, sys, context.presence)
  const back: Move[] = []
  const outcomes = new Map<number, Outcome>()
  for (const { index, change } of [...touchedFiles(run)].reverse()) {
    const current = await readHeld(change, sys)
    if (sameHeld(current, change.before)) continue
    if (isOurs(change, current, run.interims.get(index))) {
      outcomes.set(index, 'restored')
      back.push({ index, change, from: current, to: change.before })
      continue
    }
    const answer = policy === 'ask' ? await context.ask(change.path, editedSince(change, current)) : policy
    if (answer === 'keep') outcomes.set(index, 'kept')
    if (answer === 'restore') {
      outcomes.set(index, 'restored')
      back.push({ index, change, from: current, to: change.before })
    }
    if (answer === 'ours') {
      outcomes.set(index, 'merged')
      back.push({ index, change, from: current, to: withoutOurs(change, current, formats) })
    }
  }
  await mendJournal(run.path, sys)
  await record(run.path, { t: 'undo-begin', at: new Date().toISOString() }, sys)
  await giveBack(run, back, outcomes, context)
  const removedFolders = await removeFolders(run, sys)
  const { returned, kept } = await undoPresences(run, sys, context.presence)
  await record(run.path, { t: 'undo-end', at: new Date().toISOString() }, sys)
  const pathsOf = (...wanted: readonly Outcome[]): string[] =>
    [...outcomes].filter(([, outcome]) => wanted.includes(outcome)).map(([index]) => pathOf(run.changes[index]))
  return {
    run: run.id,
    restored: [...pathsOf('restored', 'merged'), ...returned],
    kept: [...pathsOf('kept'), ...kept],
    removedFolders,
    removedImages: [],
  }
}

function editedSince(change: HeldChange, current: Held | null): string {
  if (change.kind === 'file') return diffText(change.path, bytesOf(change.after), bytesOf(current), formatOf(change))
  const now = current === null || isFileState(current) ? null : current
  return diffText(change.path, showEnv(change.name, change.after), showEnv(change.name, now))
}

const formatOf = ({ edits }: HeldChange): FormatId | null => {
  const target = edits[0]?.target
  return target?.kind === 'file' ? target.format : null
}

/** Goes on past a file that fails; then throws the first failure, with all that is not back in `remaining`. */
async function giveBack(
  run: Run,
  back: readonly Move[],
  outcomes: ReadonlyMap<number, Outcome>,
  context: UndoContext,
): Promise<void> {
  const { sys } = context
  await removeTemporaries(run, sys)
  const failures: { path: string; error: unknown }[] = []
  try {
    await transit(back, {
      ...context,
      runId: run.id,
      // One that leads to a merged content must not be taken for ours later: it holds the person's own lines.
      intent: ({ index }, temporary, interim) => {
        const known = interim !== null && outcomes.get(index) === 'restored' ? toBase64(interim) : null
        return record(run.path, { t: 'undo-intent', i: index, temporary, interim: known }, sys)
      },
      done: ({ index }) =>
        record(run.path, { t: 'undo-done', i: index, outcome: outcomes.get(index) ?? 'restored' }, sys),
      failed: (path, error) => failures.push({ path, error }),
      resumable: true,
      way: 'back',
    })
  } catch (error) {
    const open: string[] = []
    for (const { change, to } of back)
      if (!sameHeld(await readHeld(change, sys).catch(() => null), to)) open.push(change.path)
    throw withRemaining(error, open)
  }
  const [first] = failures
  if (first)
    throw withRemaining(
      first.error,
      failures.map(({ path, error }) => `${path}: ${causeText(error)}`),
    )
}

/** A temporary file that a cut-off run left would be in the way of the next one. */
async function removeTemporaries(run: Run, sys: System): Promise<void> {
  for (const path of run.temporaries) if (await sys.lstat(path)) await sys.removeFile(path)
}

const pathOf = (change: Change | undefined): string =>
  change !== undefined && (isHeld(change) || change.kind === 'dir') ? change.path : ''

/** The file or variable as the person has it, less our keys: each goes back to what it was. */
function withoutOurs(change: HeldChange, current: Held | null, formats: ReadonlyMap<FormatId, Format>): Held | null {
  const back = change.edits.map(({ key, before }) => ({ key, after: before }))
  if (current === null) return null
  if (!isFileState(current)) return change.kind === 'env' ? editEnv(change.name, current, back) : current
  const format = formats.get(formatOf(change) ?? 'fence')
  if (!format) return current
  const bytes = format.edit(current.bytes, back)
  return bytes === null ? null : { ...current, bytes }
}

async function removeFolders(run: Run, sys: System): Promise<string[]> {
  const removed: string[] = []
  for (const [index, change] of [...run.changes.entries()].reverse()) {
    if (change.kind !== 'dir' || !run.touched.has(index)) continue
    if ((await sys.lstat(change.path))?.kind === 'dir' && (await sys.removeDir(change.path))) removed.push(change.path)
  }
  return removed
}

/** What `history` shows of a run. `alive`: the process that holds the lock, if any. */
export function summarize(run: Run, alive: number | null): RunSummary {
  const image = run.changes.find((change) => change.kind === 'image')
  return {
    id: run.id,
    startedAt: run.startedAt,
    status: statusOf(run, alive),
    changed: run.touched.size > 0 || image !== undefined,
    files: touchedFiles(run).map(({ change }) => ({ path: change.path, action: actionOf(change) })),
    image: image?.kind === 'image' ? image.name : null,
    choices: [...run.choices],
    ...run.proved,
  }
}

function statusOf(run: Run, alive: number | null): RunStatus {
  if (run.undone) return 'undone'
  if (run.end !== null && !(run.undoing && alive === null)) return run.end
  return alive === run.pid ? 'running' : 'interrupted'
}

/**
 * Settles a run that was cut off (power, kill -9): removes its temporary files, lets the services notice
 * what stands in their files now, and says how each file stands. Undo can then give it back.
 */
export async function settle(
  run: Run,
  context: Pick<UndoContext, 'sys' | 'handlers' | 'signal' | 'presence'>,
): Promise<readonly Finding[]> {
  const { sys, handlers, signal, presence } = context
  await mendJournal(run.path, sys)
  await removeTemporaries(run, sys)
  const findings: Finding[] = []
  const told = new Set<HandlerId>()
  for (const { index, change } of touchedFiles(run)) {
    const current = await readHeld(change, sys)
    const state = sameHeld(current, change.before)
      ? 'before'
      : isOurs(change, current, run.interims.get(index))
        ? 'after'
        : 'neither'
    findings.push({
      id: `settled.${state}`,
      severity: state === 'neither' ? 'warning' : 'info',
      note: { key: `plan:settled.${state}`, values: { path: change.path, run: run.id } },
    })
    const path = change.kind === 'file' ? change.real : change.path
    for (const id of change.notify) {
      const handler = handlers.get(id)
      if (handler?.once && told.has(id)) continue
      told.add(id)
      try {
        await handler?.notice(sys, path, bytesOf(current), signal, 'back')
      } catch (error) {
        findings.push({
          id: 'settled.not-noticed',
          severity: 'warning',
          note: { key: 'plan:settled.not-noticed', values: { path: change.path } },
          details: [causeText(error)],
        })
      }
    }
  }
  for (const index of touchedPresences(run)) {
    const change = run.changes[index]
    if (change === undefined || !isPresence(change) || presence === undefined) continue
    const state = (await isBack(presence, change, run.brought.get(index) ?? null, sys)) ? 'before' : 'after'
    findings.push({
      id: `settled.${state}`,
      severity: 'info',
      note: { key: `plan:settled.${state}`, values: { path: presenceName(change), run: run.id } },
    })
  }
  await record(run.path, { t: 'settled', at: new Date().toISOString() }, sys)
  return findings
}
