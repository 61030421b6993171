import { type ConflictPolicy, type UndoResult, undoResultSchema } from '../../contract/run.ts'
import { CodedError } from '../../core/errors.ts'
import { type Context, follow, settle } from '../command.ts'

/**
 * Gives back the newest run that an administrator made for all, or for homes to come, and with it those below it that
 * were cut off: the same command has finished them. A person's own runs stay. null: there is none.
 * Throws `undo-conflict`, and what `undo` throws.
 */
export async function undoNewest(
  context: Context,
  by: 'all' | 'skel',
  policy: ConflictPolicy,
): Promise<UndoResult | null> {
  const { engine, signal } = context
  await settle(context)
  let whole: UndoResult | null = null
  const seen = new Set<string>()
  for (;;) {
    const runs = (await engine.history()).filter(({ why, id }) => why?.by === by && !seen.has(id))
    const run = runs.find(({ status, changed }) => changed && (status === 'applied' || status === 'interrupted'))
    if (run === undefined || (whole !== null && run.status !== 'interrupted')) return whole
    seen.add(run.id)
    if (policy === 'ask') {
      const [path] = await engine.undoConflicts(run.id, signal)
      if (path !== undefined) throw new CodedError('undo-conflict', { path })
    }
    const result = undoResultSchema.parse(await follow(context, () => engine.startUndo(run.id, policy)))
    if (result.run !== null) whole = whole === null ? result : joined(whole, result)
  }
}

const joined = (one: UndoResult, two: UndoResult): UndoResult => ({
  run: one.run,
  restored: [...new Set([...one.restored, ...two.restored])],
  kept: [...one.kept, ...two.kept],
  handed: [...one.handed, ...two.handed],
  gone: [...one.gone, ...two.gone],
  removedFolders: [...one.removedFolders, ...two.removedFolders],
  removedImages: [...one.removedImages, ...two.removedImages],
})
