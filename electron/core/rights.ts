import type { Rights, RightsChange } from '../contract/plan.ts'
import { CodedError, errno, writeError } from './errors.ts'
import { record } from './journal.ts'
import type { Reader, System } from './system.ts'
import { refuseLinkedFolder } from './tree.ts'

export const sameRights = (a: Rights, b: Rights): boolean => a.mode === b.mode && a.uid === b.uid && a.gid === b.gid

/**
 * Whether a run left them, whole or cut off in the middle: the owner goes first, which takes setuid and setgid away,
 * and then the mode.
 */
export const areOurs = ({ before, after }: RightsChange, now: Rights): boolean =>
  [before.uid, after.uid].includes(now.uid) &&
  [before.gid, after.gid].includes(now.gid) &&
  [before.mode, after.mode].some((mode) => mode === now.mode || (mode & 0o1777) === now.mode)

/** Who owns what stands there, and its mode; null: nothing, or a link, whose own rights mean nothing. */
export async function readRights(path: string, sys: Reader): Promise<Rights | null> {
  const stat = await sys.lstat(path)
  if (stat === null || stat.kind === 'link') return null
  const { mode, uid, gid } = stat
  return { mode, uid, gid }
}

/** Whether this process may set one for the other. A group that is not its own the system itself refuses. */
export const mayChange = (from: Rights, to: Rights, { identity }: Reader): boolean =>
  identity.uid <= 0 || (from.uid === identity.uid && to.uid === from.uid)

/**
 * Sets rights as a plan says it. `begun` is called when the journal has told of it.
 * Throws `changed-since-plan`, `not-a-file` for a link, `hard-linked`, `no-permission` and writing errors.
 */
export async function changeRights(
  i: number,
  { path, before, after }: RightsChange,
  { sys, journal }: { sys: System; journal: string },
  begun: () => void,
): Promise<void> {
  const stat = await sys.lstat(await refuseLinkedFolder(path, sys))
  if (stat?.kind === 'link') throw new CodedError('not-a-file', { path })
  if (stat === null || !sameRights(stat, before)) throw new CodedError('changed-since-plan', { path })
  // Its other name may be in a place that nobody has shown.
  if (stat.kind === 'file' && stat.links > 1) throw new CodedError('hard-linked', { path })
  await record(journal, { t: 'intent', i, temporary: null, interim: null }, sys)
  begun()
  await putRights(path, before, after, sys)
  await record(journal, { t: 'done', i }, sys)
}

/** Sets rights and reads them back. Errors: of `writeError`. */
export async function putRights(path: string, from: Rights, to: Rights, sys: System): Promise<void> {
  const at = await refuseLinkedFolder(path, sys)
  try {
    await sys.setRights(at, to)
  } catch (error) {
    // Here it may also be another's file, or a group that is not one's own.
    const other = from.uid !== to.uid || from.gid !== to.gid || from.uid !== sys.identity.uid
    if (errno(error) === 'EPERM' && other && sys.identity.uid !== 0)
      throw new CodedError('no-permission', { path }, error)
    throw writeError(error, path)
  }
  const now = await readRights(at, sys)
  if (now === null || !sameRights(now, to)) throw new CodedError('io', { path }, 'its rights read back differently')
}

/** What is ours in rights that somebody changed since goes back, the rest stays. */
export const withoutOurs = ({ before, after }: RightsChange, now: Rights): Rights => ({
  mode: now.mode === after.mode ? before.mode : now.mode,
  uid: now.uid === after.uid ? before.uid : now.uid,
  gid: now.gid === after.gid ? before.gid : now.gid,
})
