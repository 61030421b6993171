import { readRuns } from '../core/journal.ts'
import { removeRecord } from '../core/kept.ts'
import { withLock } from '../core/lock.ts'
import { under } from '../core/paths.ts'
import { type RunTools, settleInterrupted } from '../core/run.ts'
import { undoable } from '../core/standing.ts'
import { undoRun } from '../core/undo.ts'
import { formats } from '../settings/index.ts'

/**
 * Removes the helper's records, when the program itself goes. `giveBack`: first undoes all that stands, the newest
 * first; edited files lose only what we wrote, for nobody is there to be asked. Answers what still stands: then all
 * records stay, for a program that is installed again. Throws what `undoRun` throws.
 */
export async function forgetAll(giveBack: boolean, tools: RunTools, signal: AbortSignal): Promise<readonly string[]> {
  const { sys, state, pid } = tools
  if ((await sys.lstat(state)) === null) return []
  const left = await withLock(state, pid, sys, async () => {
    if (giveBack) {
      await settleInterrupted(tools, signal)
      const how = { ...tools, formats, signal, reloading: () => {}, ask: () => Promise.resolve('ours' as const) }
      for (;;) {
        signal.throwIfAborted()
        const { runs } = await readRuns(state, sys)
        const run = runs.find(undoable)
        if (run === undefined) break
        await undoRun(run, runs, 'ours', how)
      }
    }
    const { runs, damaged } = await readRuns(state, sys)
    const standing = runs.filter(undoable).flatMap(({ changes }) => changes.map(nameOf))
    if (standing.length > 0 || damaged.length > 0) return [...standing, ...damaged]
    for (const run of runs) await removeRecord(run, [run], sys)
    for (const name of await sys.list(state)) if (!/^lock~*$/.test(name)) await sys.removeTree(under(state, name))
    return []
  })
  if (left.length === 0) await sys.removeDir(state)
  return left
}

const nameOf = (change: { path: string } | { name: string }): string => ('path' in change ? change.path : change.name)
