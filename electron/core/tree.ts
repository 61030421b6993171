import type { TreeChange } from '../contract/plan.ts'
import { CodedError, errno, writeError } from './errors.ts'
import { mendJournal, record } from './journal.ts'
import { makeKept, soundPath, tidyKept } from './kept.ts'
import { type Kept, stateOf } from './kept-place.ts'
import { folderOf, nameOf, under } from './paths.ts'
import type { Run } from './replay.ts'
import type { Reader, Stat, System } from './system.ts'
import { refuseForeignLink } from './trust.ts'

type Context = { sys: System; journal: string }

/** A folder into which its own owner may not write cannot go to another one: its `..` would change. */
const closed = (stat: Stat, sys: Reader): boolean =>
  stat.kind === 'dir' && (stat.mode & 0o200) === 0 && sys.identity.uid > 0

/** The path without links on the way. Throws `no-permission` where one leads root to somebody else's things. */
export async function refuseLinkedFolder(path: string, sys: Reader): Promise<string> {
  const at = under(await sys.resolve(folderOf(path)), nameOf(path))
  await refuseForeignLink(path, at, sys)
  return at
}

/**
 * Moves a tree to a place of the run's own. `begun` is called when the journal has told of it.
 * Throws `changed-since-plan` where it is gone or another one, and writing errors.
 */
export async function moveAway(
  i: number,
  change: TreeChange,
  run: string,
  { sys, journal }: Context,
  begun: (kept: Kept) => void,
): Promise<void> {
  const { path } = change
  await refuseLinkedFolder(path, sys)
  const stat = await sys.lstat(path)
  if (stat === null || stat.mtimeMs !== change.mtimeMs) throw new CodedError('changed-since-plan', { path })
  const mode = closed(stat, sys) ? stat.mode : null
  const to = async (place: Kept['place']): Promise<void> => {
    const kept: Kept = { place, run, as: String(i), mode }
    const at = await soundPath(stateOf(journal), path, kept, sys)
    await record(journal, { t: 'intent', i, temporary: null, interim: null, kept }, sys)
    begun(kept)
    await shift(path, at, mode, sys)
    if ((await sys.lstat(path)) !== null || (await sys.lstat(at)) === null)
      throw new CodedError('io', { path }, 'it was not moved')
  }
  try {
    await makeKept(journal, run, sys)
    await to('state').catch((error: unknown) => {
      // Another file system: nothing was moved, and a neighbour is on the same one.
      if (errno(error) !== 'EXDEV') throw error
      return to('beside')
    })
  } catch (error) {
    throw writeError(error, path)
  }
  await record(journal, { t: 'done', i }, sys)
}

/** One rename; a closed folder is opened for it and closed again. */
async function shift(from: string, to: string, mode: number | null, sys: System): Promise<void> {
  const stat = mode === null ? null : await sys.lstat(from)
  if (mode === null || stat === null) return sys.rename(from, to)
  const { uid, gid } = stat
  await sys.setRights(from, { mode: mode | 0o200, uid, gid })
  try {
    await sys.rename(from, to)
  } catch (error) {
    await sys.setRights(from, { mode, uid, gid }).catch(() => {})
    throw error
  }
  await sys.setRights(to, { mode, uid, gid })
}

/** What of a run says where a tree is. */
export type TreeRecord = { state: string; change: TreeChange; kept: readonly Kept[]; dropped: boolean }

/**
 * `here`: at its place, not moved or back; `away`: kept; `both`: kept, and something stands at its place again;
 * `gone`: neither, or deleted for good.
 */
export type TreeState = { state: 'here' | 'gone'; kept: null } | { state: 'away' | 'both'; kept: Kept; at: string }

export const treeRecord = (run: Run, index: number, change: TreeChange): TreeRecord => ({
  state: stateOf(run.path),
  change,
  kept: run.kept.get(index) ?? [],
  dropped: isDropped(run, index, change),
})

/** From the end of its run on: a half of it is nothing to give back. */
export const isDropped = (run: Run, index: number, change: TreeChange): boolean =>
  run.dropped.has(index) || (change.final && run.end === 'applied')

/** Where a tree is now. Only reads. */
export async function treeState({ state, change, kept, dropped }: TreeRecord, sys: System): Promise<TreeState> {
  if (dropped) return { state: 'gone', kept: null }
  const here = (await sys.lstat(change.path)) !== null
  for (const one of kept) {
    const at = await soundPath(state, change.path, one, sys)
    if ((await sys.lstat(at)) !== null) return { state: here ? 'both' : 'away', kept: one, at }
  }
  return { state: here ? 'here' : 'gone', kept: null }
}

/** Closes a folder again that was cut off while it was open for its move. */
export async function closeAgain({ state, change, kept }: TreeRecord, sys: System): Promise<void> {
  for (const one of kept) {
    if (one.mode === null) continue
    for (const path of [await soundPath(state, change.path, one, sys), change.path]) {
      const stat = await sys.lstat(path)
      // Something else may stand there by now.
      if (stat?.kind !== 'dir' || stat.mtimeMs !== change.mtimeMs || stat.mode !== (one.mode | 0o200)) continue
      await sys.setRights(await refuseLinkedFolder(path, sys), { mode: one.mode, uid: stat.uid, gid: stat.gid })
    }
  }
}

/** What is to be journalled before a kept tree moves back: by another account than before it may be closed now. */
export async function keptNow(kept: Kept, at: string, sys: Reader): Promise<Kept> {
  const stat = await sys.lstat(at)
  return kept.mode === null && stat !== null && closed(stat, sys) ? { ...kept, mode: stat.mode } : kept
}

/** Moves a kept tree back to its place, whose folders are made again where somebody removed them. Errors: of `writeError`. */
export async function moveBack(path: string, at: string, { mode }: Kept, sys: System): Promise<void> {
  await refuseLinkedFolder(path, sys)
  try {
    await makeFolders(folderOf(path), sys)
    await shift(at, path, mode, sys)
  } catch (error) {
    throw writeError(error, path)
  }
}

/** Moves what stands in the way of a tree that comes back aside. Errors: of `writeError`. */
export async function moveAside(path: string, at: string, { mode }: Kept, sys: System): Promise<void> {
  await refuseLinkedFolder(path, sys)
  await shift(path, at, mode, sys).catch((error: unknown) => {
    throw writeError(error, path)
  })
}

async function makeFolders(path: string, sys: System): Promise<{ uid: number; gid: number }> {
  const stat = await sys.lstat(await sys.resolve(path))
  if (stat || path === folderOf(path)) return stat ?? sys.identity
  const { uid, gid } = await makeFolders(folderOf(path), sys)
  await sys.makeDir(path, 0o755, uid, gid)
  return { uid, gid }
}

/** Deletes the trees for good that a run that stands has moved away. Answers the paths that could not be. */
export async function dropTrees(run: Run, sys: System): Promise<readonly string[]> {
  const left: string[] = []
  if (run.end !== 'applied') return left
  for (const [index, places] of run.kept) {
    const change = run.changes[index]
    if (change?.kind !== 'tree' || !change.final || run.dropped.has(index) || run.givenBack.get(index) === 'restored')
      continue
    try {
      await mendJournal(run.path, sys)
      for (const kept of places) await sys.removeTree(await soundPath(stateOf(run.path), change.path, kept, sys))
      await record(run.path, { t: 'dropped', i: index }, sys)
    } catch {
      left.push(change.path)
    }
    await tidyKept(stateOf(run.path), new Set(places.map((kept) => kept.run)), sys)
  }
  return left
}
