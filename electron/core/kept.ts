import type { TreeChange } from '../contract/plan.ts'
import { CodedError, errno } from './errors.ts'
import { makePrivateFolder } from './journal.ts'
import { type Kept, keptFolder, keptPath, stateOf } from './kept-place.ts'
import { folderOf, under } from './paths.ts'
import type { Run } from './replay.ts'
import type { System } from './system.ts'

/** Makes the folder that a run moves things to: closed to others, its owner as the journal's. Errors: of `writeError`. */
export async function makeKept(journal: string, run: string, sys: System): Promise<void> {
  const folder = keptFolder(stateOf(journal))
  await makePrivateFolder(folder, sys)
  const path = under(folder, run)
  const stat = await sys.lstat(path)
  if (stat?.kind === 'dir') return
  if (stat) throw new CodedError('not-a-file', { path })
  const owner = (await sys.lstat(journal)) ?? sys.identity
  await sys.makeDir(path, 0o700, owner.uid, owner.gid)
}

/** Takes the folders away again that hold nothing more. What cannot be removed is in nobody's way. */
export async function tidyKept(state: string, ids: Iterable<string>, sys: System): Promise<void> {
  const folder = keptFolder(state)
  for (const path of [...[...ids].map((id) => under(folder, id)), folder]) {
    if ((await sys.lstat(path))?.kind === 'dir') await sys.removeDir(path).catch(() => false)
  }
}

/** What a run has moved away: a tree of its own, and what stood in the place of one that came back. */
export type KeptEntry = { change: TreeChange; kept: Kept }

export function keptOf(run: Run): readonly KeptEntry[] {
  return [...run.kept, ...run.aside].flatMap(([index, places]) => {
    const change = run.changes[index]
    return change?.kind === 'tree' ? places.map((kept) => ({ change, kept })) : []
  })
}

/**
 * The place as a path; for root only where it is what it is called: a link of somebody's would lead it astray.
 * Throws `no-permission`.
 */
export async function soundPath(state: string, path: string, kept: Kept, sys: System): Promise<string> {
  const at = keptPath(state, path, kept)
  if (sys.identity.uid !== 0 || kept.place === 'beside') return at
  const wanted = under(await sys.resolve(state), 'kept', kept.run)
  if ((await sys.resolve(folderOf(at))) !== wanted) throw new CodedError('no-permission', { path: at }, 'a link')
  return at
}

/** Removes a run's record and all that it keeps, but for what another record counts as its own. */
export async function removeRecord(run: Run, runs: readonly Run[], sys: System): Promise<void> {
  const state = stateOf(run.path)
  const place = ({ change, kept }: KeptEntry): string => keptPath(state, change.path, kept)
  const others = new Set(runs.filter(({ id }) => id !== run.id).flatMap((other) => keptOf(other).map(place)))
  const own = keptOf(run).filter((entry) => !others.has(place(entry)))
  // First what it keeps: cut off in between, the record still says where the rest is.
  for (const { change, kept } of own) await sys.removeTree(await soundPath(state, change.path, kept, sys))
  await sys.removeFile(run.path)
  await tidyKept(state, new Set([run.id, ...own.map(({ kept }) => kept.run)]), sys)
}

/** Removes what no record counts as its own any more. `names`: the files of all records, also those of others. */
export async function removeOrphans(
  state: string,
  runs: readonly Run[],
  names: readonly string[],
  sys: System,
): Promise<void> {
  const folder = keptFolder(state)
  if ((await sys.lstat(folder))?.kind !== 'dir') return
  const known = new Set(runs.flatMap((run) => keptOf(run).map(({ kept }) => kept.run)))
  for (const id of await sys.list(folder)) {
    if (known.has(id) || names.includes(`${id}.jsonl`)) continue
    await sys.removeTree(under(folder, id)).catch((error: unknown) => {
      // One of root's in this home.
      if (errno(error) !== 'EACCES' && errno(error) !== 'EPERM') throw error
    })
  }
  await tidyKept(state, [], sys)
}
