import { CodedError } from '../core/errors.ts'
import { readRuns, runsFolder } from '../core/journal.ts'
import { removeOrphans, removeRecord } from '../core/kept.ts'
import { withLock } from '../core/lock.ts'
import type { RunTools } from '../core/run.ts'
import { newestUndoable } from '../core/standing.ts'

/**
 * Removes the records of all runs and, by `more`, what else stands in the state folder. Answers false, and
 * removes nothing, while a run stands that undo could give back, unless `evenUndo`. A damaged record counts
 * as such a run: nobody knows what it holds. Throws `busy` while a run is under way, here or elsewhere.
 */
export async function removeRuns(
  { sys, state, pid }: Pick<RunTools, 'sys' | 'state' | 'pid'>,
  evenUndo: boolean,
  busy: boolean,
  more: () => Promise<void>,
): Promise<boolean> {
  if (busy) throw new CodedError('busy', { pid })
  return withLock(state, pid, sys, async () => {
    const { runs, damaged, superseded } = await readRuns(state, sys)
    if (!evenUndo && (damaged.length > 0 || newestUndoable(runs, null) !== null)) return false
    for (const run of runs) await removeRecord(run, [run], sys)
    for (const path of [...damaged, ...superseded]) await sys.removeFile(path)
    const folder = runsFolder(state)
    const names = (await sys.lstat(folder)) ? await sys.list(folder) : []
    await removeOrphans(state, [], names, sys)
    if ((await sys.lstat(folder)) && (await sys.list(folder)).length === 0) await sys.removeDir(folder)
    await more()
    return true
  })
}
