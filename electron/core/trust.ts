import type { Change, FileState } from '../contract/plan.ts'
import { CodedError } from './errors.ts'
import { keptPath, stateOf } from './kept-place.ts'
import { folderOf, nameOf, under } from './paths.ts'
import type { Run } from './replay.ts'
import type { Reader } from './system.ts'

/**
 * Root works in homes that belong to others, and what stands there was put there by them: a link or a
 * journal of theirs must not lead root to files that are not theirs.
 */

/**
 * Refuses for root a link that a user made and that leads to somebody else's file (the kernel's
 * protected_symlinks does the same in sticky folders). Throws `no-permission`.
 */
export async function refuseForeignLink(path: string, real: string, sys: Reader): Promise<void> {
  if (sys.identity.uid !== 0 || path === real) return
  const target = await ownerOf(real, sys)
  let at = ''
  for (const name of path.split('/').slice(1)) {
    at = under(at === '' ? '/' : at, name)
    const stat = await sys.lstat(at)
    if (stat?.kind === 'link' && stat.uid !== 0 && stat.uid !== target)
      throw new CodedError('no-permission', { path }, `the link ${at} of user ${stat.uid} leads to user ${target}`)
  }
}

/**
 * The owner of what stands at a path, or of the nearest folder that exists. A folder of `made` that is root's and
 * empty was cut off between its making and its going over to its owner: the folder around it says who that is, and
 * he could remove it himself.
 */
async function ownerOf(path: string, sys: Reader, made: ReadonlySet<string> = new Set()): Promise<number> {
  const stat = await sys.lstat(path)
  const unfinished = stat?.kind === 'dir' && stat.uid === 0 && made.has(path) && (await sys.list(path)).length === 0
  if (stat && !unfinished) return stat.uid
  return path === folderOf(path) ? 0 : ownerOf(folderOf(path), sys, made)
}

/** Whether a change stays within what one user owns. */
export function belongsTo(change: Change, uid: number): boolean {
  if (change.kind === 'image') return true
  if (change.kind === 'dir') return change.uid === uid
  if (change.kind === 'rights')
    return [change.before, change.after].every((rights) => rights.uid === uid && (rights.mode & 0o6000) === 0)
  // Packages, services and groups are the machine's.
  if (change.kind !== 'file') return false
  return [change.before, change.after].every((state) => state === null || isPlain(state, uid))
}

/** The same of one that does not say itself whose it is: a tree, and a file that only its service reads. */
export async function staysWith(change: Change, uid: number, sys: Reader): Promise<boolean> {
  if (change.kind !== 'tree' && change.kind !== 'notice') return belongsTo(change, uid)
  return (
    (await ownerOf(
      await sys.resolve(folderOf(change.path)).then((folder) => under(folder, nameOf(change.path))),
      sys,
    )) === uid
  )
}

const isPlain = ({ uid, mode }: FileState, owner: number): boolean => uid === owner && (mode & 0o6000) === 0

/**
 * Root takes a journal that another user could have written only for that user's own files.
 * Throws `journal-damaged`.
 */
export async function refuseForeignJournal(run: Run, sys: Reader): Promise<void> {
  if (sys.identity.uid !== 0) return
  const writer = (await sys.lstat(run.path))?.uid ?? 0
  if (writer === 0) return
  const refuse = (path: string): never => {
    throw new CodedError(
      'journal-damaged',
      { path: run.path, line: 1 },
      `written by user ${writer}, but not his: ${path}`,
    )
  }
  const folders = new Set<string>()
  const made = new Set(run.changes.flatMap((change) => (change.kind === 'dir' ? [change.path] : [])))
  for (const [index, change] of run.changes.entries()) {
    // What only the helper has touched is given back out of the helper's own record.
    if (change.kind === 'image' || (run.elevated.has(index) && !run.touched.has(index))) continue
    if (change.kind === 'tree' || change.kind === 'rights' || change.kind === 'notice') {
      if (!(await isHis(run, index, change, writer, sys))) refuse(change.path)
      folders.add(folderOf(await sys.resolve(change.path)))
      continue
    }
    if (change.kind !== 'file' && change.kind !== 'dir') {
      refuse('path' in change ? change.path : change.name)
      continue
    }
    const path = change.kind === 'file' ? change.real : change.path
    if (!belongsTo(change, writer) || (await sys.resolve(path)) !== path || (await ownerOf(path, sys, made)) !== writer)
      refuse(path)
    folders.add(folderOf(path))
  }
  for (const path of run.temporaries) if (!folders.has(folderOf(path))) refuse(path)
}

/** A link on the way may lead to what is his own, and nowhere else; so may what was moved away and what comes back. */
async function isHis(
  run: Run,
  index: number,
  change: Extract<Change, { kind: 'tree' | 'rights' | 'notice' }>,
  writer: number,
  sys: Reader,
): Promise<boolean> {
  const real = under(await sys.resolve(folderOf(change.path)), nameOf(change.path))
  // A tree may itself be a link, which is moved as it is; a file that a service reads is its real one.
  const at = change.kind === 'notice' ? await sys.resolve(change.path) : real
  await refuseForeignLink(change.path, at, sys)
  if (!belongsTo(change, writer) && change.kind === 'rights') return false
  if ((await ownerOf(at, sys)) !== writer || (await ownerOf(folderOf(at), sys)) !== writer) return false
  const was = run.notices.get(index)?.was ?? null
  if (was !== null && !isPlain(was, writer)) return false
  for (const kept of [...(run.kept.get(index) ?? []), ...(run.aside.get(index) ?? [])]) {
    const stat = await sys.lstat(keptPath(stateOf(run.path), change.path, kept))
    if (stat !== null && stat.uid !== writer) return false
  }
  return true
}
