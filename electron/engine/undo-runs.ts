import type { ConflictPolicy, RunSummary, RunView, UndoResult, UninstallResult } from '../contract/run.ts'
import type { TaskReport } from '../contract/task.ts'
import { joinUndo, undoByHelper } from '../core/by-helper.ts'
import type { AskConflict } from '../core/elevation.ts'
import { CodedError, errno, isCancel, withRemaining } from '../core/errors.ts'
import { readRuns } from '../core/journal.ts'
import { removeRecord } from '../core/kept.ts'
import { lockHolder, withLock } from '../core/lock.ts'
import { folderOf, nameOf, under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { Run } from '../core/replay.ts'
import { type RunTools, settleInterrupted, waitingFor } from '../core/run.ts'
import { viewRun } from '../core/run-view.ts'
import { blockedBy, newestUndoable, touchedFiles } from '../core/standing.ts'
import { summarize } from '../core/summary.ts'
import type { System } from '../core/system.ts'
import { touchedSteps } from '../core/undo-steps.ts'
import { undoRun } from '../core/undo.ts'
import { formats } from '../settings/index.ts'

export type UndoTools = {
  tools: RunTools
  report(event: TaskReport): void
  signal: AbortSignal
  ask(question: Extract<TaskReport, { type: 'ask' }>['question']): Promise<string>
}

/** All runs, newest first; records that cannot be read stand among them by their name. */
export async function history(places: Places, sys: System): Promise<RunSummary[]> {
  const { runs, damaged } = await readRuns(places.state, sys)
  const alive = await lockHolder(places.state, sys)
  const broken = damaged.map((path): RunSummary => {
    const id = nameOf(path).replace(/\.jsonl$/, '')
    const nothing = { files: [], image: null, choices: [], why: null, squashed: null, receipt: null, module: null }
    return { id, startedAt: '', status: 'damaged', changed: true, ...nothing }
  })
  return [...runs.map((run) => summarize(run, alive)), ...broken].toSorted((a, b) => (a.id < b.id ? 1 : -1))
}

/** One run in full. Throws `run-not-found`, `journal-damaged`. */
export async function showRun(id: string, places: Places, sys: System): Promise<RunView> {
  const { runs, damaged } = await readRuns(places.state, sys)
  const broken = damaged.find((path) => nameOf(path) === `${id}.jsonl`)
  if (broken !== undefined) throw new CodedError('journal-damaged', { path: broken, line: 1 })
  return viewRun(id, runs, await lockHolder(places.state, sys), sys)
}

/** Gives one run back; `runId` null: the newest that stands. Errors: those of `undoRun`, `busy` {pid}. */
export async function undo(runId: string | null, policy: ConflictPolicy, how: UndoTools): Promise<UndoResult> {
  const { tools, report, signal } = how
  const { sys, state } = tools
  const nothing = { run: null, restored: [], kept: [], handed: [], gone: [], removedFolders: [], removedImages: [] }
  const first = await readRuns(state, sys)
  const wanted = newestUndoable(first.runs, runId)
  if (wanted === null) return nothing
  const work = async () => {
    await settleInterrupted(tools, signal)
    const { runs } = await readRuns(state, sys)
    const run = newestUndoable(runs, runId)
    if (run === null) return nothing
    report({ type: 'step', step: 'undo', state: 'running' })
    const result = await undoOne(run, runs, policy, how)
    report({ type: 'step', step: 'undo', state: 'done' })
    return result
  }
  let begun = false
  const begin = (): Promise<UndoResult> => {
    begun = true
    return work()
  }
  try {
    return await withLock(state, tools.pid, sys, begin, waitingFor(report, signal))
  } catch (error) {
    // A lock that a full disk does not take: all of the run is still to be given back.
    const open =
      begun || isBusy(error) ? [] : [...touchedSteps(wanted), ...touchedFiles(wanted)].map(({ change }) => change.path)
    throw withRemaining(error, open)
  }
}

const isBusy = (error: unknown): boolean => isCancel(error) || (error instanceof CodedError && error.code === 'busy')

/** The helper's part first, where a run has one: a password that is refused leaves all as it is. */
async function undoOne(
  run: Run,
  runs: readonly Run[],
  policy: ConflictPolicy,
  { tools, report, signal, ask }: UndoTools,
): Promise<UndoResult> {
  tools.named?.(run.id)
  const later = blockedBy(run, runs)
  if (later) throw new CodedError('undo-later-run', { run: run.id, later: later.id })
  const askConflict: AskConflict = async (three) => {
    const answer = await ask({
      id: crypto.randomUUID(),
      note: { key: 'cli:undo.ask', values: { path: three.path } },
      diff: three.edited,
      three,
      choices: three.leaves.map(({ choice }) => choice),
    })
    if (answer === 'keep' || answer === 'restore' || answer === 'ours') return answer
    throw new CodedError('cancelled')
  }
  const helpers = await undoByHelper(run, policy, tools, { ask: askConflict, report, signal })
  const result = await undoRun(run, runs, policy, {
    ...tools,
    formats,
    signal,
    reloading: () => report({ type: 'step', step: 'reload', state: 'running' }),
    ask: askConflict,
  })
  return joinUndo(result, helpers)
}

/**
 * Gives back all that stands, the newest first, and then removes what the program keeps: records, choices, what was
 * measured, its cache. Nothing is removed when something could not be given back; it can be repeated, and with
 * nothing left it does nothing. Throws `journal-damaged` before anything is touched, and what `undo` throws.
 */
export async function uninstall(
  policy: ConflictPolicy,
  places: Places,
  how: UndoTools,
  forget: () => Promise<void>,
): Promise<UninstallResult> {
  const { tools, report, signal } = how
  const { sys, state } = tools
  const undone: UndoResult[] = []
  const images = new Set<string>()
  const removed: string[] = []
  const work = async () => {
    await settleInterrupted(tools, signal)
    const { damaged } = await readRuns(state, sys)
    if (damaged[0] !== undefined) throw new CodedError('journal-damaged', { path: damaged[0], line: 1 })
    report({ type: 'step', step: 'undo', state: 'running' })
    for (;;) {
      signal.throwIfAborted()
      const { runs } = await readRuns(state, sys)
      for (const run of runs) for (const image of pulled(run)) images.add(image)
      const run = newestUndoable(runs, null)
      if (run === null) break
      undone.push(await undoOne(run, runs, policy, how))
    }
    report({ type: 'step', step: 'undo', state: 'done' })
    await forget()
    // What a conflict has left in the keeping of a run goes with its record, also from beside its own place.
    for (const run of (await readRuns(state, sys)).runs) await removeRecord(run, [run], sys)
    for (const folder of [places.cache, under(state, 'runs')]) if (await removeTree(folder, sys)) removed.push(folder)
    // The lock lies in there until the end.
    for (const name of await namesIn(state, sys)) if (!/^lock~*$/.test(name)) await removeTree(under(state, name), sys)
  }
  if ((await sys.lstat(state)) === null && (await sys.lstat(places.cache)) === null)
    return { undone, kept: [], removed, images: [] }
  await withLock(state, tools.pid, sys, work, waitingFor(report, signal))
  for (const folder of [state, places.config]) if (await removeEmpty(folder, sys)) removed.push(folder)
  await removeParents(state, places.home, sys)
  return { undone, kept: undone.flatMap(({ kept }) => kept), removed, images: [...images] }
}

/** Images that were not there before a run. */
const pulled = (run: Run): readonly string[] =>
  run.changes.flatMap((change) =>
    change.kind === 'image' && !change.before && run.end === 'applied' ? [change.name] : [],
  )

const namesIn = async (folder: string, sys: System): Promise<readonly string[]> =>
  (await sys.lstat(folder))?.kind === 'dir' ? sys.list(folder) : []

/** Removes a folder of the program's own with all that is in it, following no link. Answers whether it was there. */
async function removeTree(path: string, sys: System): Promise<boolean> {
  if ((await sys.lstat(path)) === null) return false
  await sys.removeTree(path)
  return true
}

async function removeEmpty(path: string, sys: System): Promise<boolean> {
  if ((await sys.lstat(path))?.kind !== 'dir') return false
  try {
    return await sys.removeDir(path)
  } catch (error) {
    if (errno(error) === null) throw error
    return false
  }
}

/** The folders above the records that the program may have made: closed to others, and empty. */
async function removeParents(path: string, home: string, sys: System): Promise<void> {
  for (let folder = folderOf(path); folder.startsWith(under(home, '')) && folder !== home; folder = folderOf(folder)) {
    const stat = await sys.lstat(folder)
    if (stat?.kind !== 'dir' || stat.mode !== 0o700 || !(await removeEmpty(folder, sys))) return
  }
}
