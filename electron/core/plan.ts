import type { Change, Edit, EnvTarget, FileState, FileTarget, FormatId, HandlerId } from '../contract/plan.ts'
import { sameBytes } from './bytes.ts'
import { editEnv, type EnvChange, sameEnv } from './env.ts'
import { CodedError, errno } from './errors.ts'
import { folderOf } from './paths.ts'
import type { Format } from './setting.ts'
import type { Reader, Stat } from './system.ts'
import { refuseForeignLink } from './trust.ts'

type Group<T = FileTarget | EnvTarget> = {
  path: string
  real: string
  target: T
  edits: Edit[]
  notify: Set<HandlerId>
}

/**
 * Folds the edits of all settings into changes of whole files and variables, folders first.
 * Edits of one file, also under two names that lead to it, become one change; a file that would stay
 * the same becomes none. Throws `edit-conflict`, `not-a-file`, `hard-linked`, `read-only`, `unparsable-file`,
 * `env-not-text`, `env-too-long`.
 */
export async function fold(
  edits: readonly Edit[],
  formats: ReadonlyMap<FormatId, Format>,
  sys: Reader,
): Promise<readonly Change[]> {
  const files: Change[] = []
  for (const group of await groupByPlace(edits, sys)) {
    const { target } = group
    const change =
      target.kind === 'file'
        ? await foldFile({ ...group, target }, formats, sys)
        : await foldEnv({ ...group, target }, sys)
    if (change) files.push(change)
  }
  return [...(await missingFolders(files, sys)), ...files]
}

async function groupByPlace(edits: readonly Edit[], sys: Reader): Promise<readonly Group[]> {
  const groups = new Map<string, Group>()
  for (const edit of edits) {
    const { target } = edit
    const real = target.kind === 'file' ? await sys.resolve(target.path) : target.path.toUpperCase()
    const group = groups.get(real) ?? {
      path: target.path,
      real,
      target,
      edits: [],
      notify: new Set(),
    }
    groups.set(real, group)
    if (formatOf(group.target) !== formatOf(target))
      throw new CodedError('edit-conflict', { path: real, key: edit.key })
    const twin = group.edits.find((other) => other.key === edit.key)
    if (twin && JSON.stringify(twin.after) !== JSON.stringify(edit.after))
      throw new CodedError('edit-conflict', { path: real, key: edit.key })
    if (!twin) group.edits.push(edit)
    for (const id of target.notify) group.notify.add(id)
  }
  return [...groups.values()]
}

const formatOf = (target: FileTarget | EnvTarget): string => (target.kind === 'file' ? target.format : target.kind)

async function foldEnv({ target, edits, notify }: Group<EnvTarget>, sys: Reader): Promise<EnvChange | null> {
  const { path, scope, name } = target
  const before = await sys.readEnv(scope, name)
  const after = editEnv(name, before, edits)
  if (sameEnv(before, after)) return null
  const admin = !(await sys.mayWriteEnv(scope))
  return { kind: 'env', path, scope, name, before, after, edits, notify: [...notify], admin }
}

async function foldFile(
  group: Group<FileTarget>,
  formats: ReadonlyMap<FormatId, Format>,
  sys: Reader,
): Promise<Extract<Change, { kind: 'file' }> | null> {
  const { path, real, target, edits, notify } = group
  const format = formats.get(target.format)
  if (!format) throw new Error(`no format ${target.format}`)
  const before = await readState(real, sys)
  let bytes: Uint8Array | null
  try {
    bytes = format.edit(before?.bytes ?? null, edits)
  } catch (error) {
    throw error instanceof CodedError ? new CodedError(error.code, { ...error.values, path }, error.cause) : error
  }
  if (sameBytes(before?.bytes ?? null, bytes)) return null
  await refuseUnsafe(path, real, sys)
  await refuseForeignLink(path, real, sys)
  const admin = await needsAdmin(real, sys)
  const owner = before ?? (await newOwner(real, admin, sys))
  const after = bytes === null ? null : newState(bytes, before, edits, owner)
  return { kind: 'file', path, real, before, after, edits, notify: [...notify], admin }
}

/** A file's content with the rights that edits leave it: a secret that is put into it closes it to everybody else. */
export function newState(
  bytes: Uint8Array,
  before: FileState | null,
  edits: readonly Edit[],
  owner: { uid: number; gid: number },
): FileState {
  const closed = edits.some((edit) => edit.secret === true && edit.after !== null) ? 0o700 : 0o7777
  const target = edits[0]?.target
  const mode = (before?.mode ?? (target?.kind === 'file' ? target.mode : 0o600)) & closed
  return { bytes, mode: modeOf(owner.uid, mode), uid: owner.uid, gid: owner.gid }
}

/** Windows has no modes but the mark for read-only, which Node shows for everybody; its folders' own lists rule. */
const modeOf = (uid: number, mode: number): number => {
  if (uid !== -1) return mode
  return (mode & 0o200) === 0 ? 0o444 : 0o666
}

/** Content, rights and owner of a regular file; null when nothing stands there. Throws `not-a-file`, `no-permission`. */
export async function readState(real: string, sys: Reader): Promise<FileState | null> {
  const stat = await sys.lstat(real)
  if (stat === null) return null
  if (stat.kind !== 'file') throw new CodedError('not-a-file', { path: real })
  const bytes = await sys.readFile(real).catch((error: unknown) => {
    throw errno(error) === 'EACCES' ? new CodedError('no-permission', { path: real }, error) : error
  })
  return { bytes, mode: modeOf(stat.uid, stat.mode), uid: stat.uid, gid: stat.gid }
}

/** Whether a file is still as it was. Times do not count. */
export function sameState(a: FileState | null, b: FileState | null): boolean {
  if (a === null || b === null) return a === b
  return a.mode === b.mode && a.uid === b.uid && a.gid === b.gid && sameBytes(a.bytes, b.bytes)
}

/** What a rename would break or what its owner closed on purpose is refused, each with a reason of its own. */
async function refuseUnsafe(path: string, real: string, sys: Reader): Promise<void> {
  const stat = await sys.lstat(real)
  if (stat === null) return
  if (stat.links > 1) throw new CodedError('hard-linked', { path, links: stat.links })
  // Root could write it all the same; the missing bit says that somebody does not want that.
  if ((stat.mode & 0o200) === 0) throw new CodedError('read-only', { path })
}

/** Whether only an administrator may write it. Throws `read-only`, `immutable` {path} where not even he could. */
async function needsAdmin(path: string, sys: Reader): Promise<boolean> {
  const obstacle = await sys.obstacle(path)
  if (obstacle && obstacle.why !== 'not-owned') throw new CodedError(obstacle.why, { path: obstacle.path })
  return obstacle !== null
}

type Ancestor = { path: string; stat: Stat; missing: readonly string[] }

async function nearestFolder(path: string, sys: Reader): Promise<Ancestor> {
  const missing: string[] = []
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    const stat = await sys.lstat(folder)
    if (stat?.kind === 'dir') return { path: folder, stat, missing }
    if (stat !== null || folder === folderOf(folder)) throw new CodedError('not-a-file', { path: folder })
    missing.unshift(folder)
  }
}

/**
 * Root, and a helper with root's rights, write for the owner of the folder (`sudo goready`, `--home /home/student`),
 * anybody else for himself.
 */
async function newOwner(real: string, admin: boolean, sys: Reader): Promise<{ uid: number; gid: number }> {
  if (sys.identity.uid !== 0 && !admin) return sys.identity
  const { stat } = await nearestFolder(real, sys)
  return { uid: stat.uid, gid: stat.gid }
}

async function missingFolders(files: readonly Change[], sys: Reader): Promise<readonly Change[]> {
  const folders = new Map<string, Change>()
  for (const file of files) {
    if (file.kind !== 'file' || file.after === null) continue
    const { missing, path } = await nearestFolder(file.real, sys)
    if (missing.length === 0) continue
    const admin = await needsAdmin(path, sys)
    const owner = await newOwner(file.real, admin, sys)
    for (const folder of missing)
      folders.set(folder, { kind: 'dir', path: folder, mode: 0o755, uid: owner.uid, gid: owner.gid, admin })
  }
  return [...folders.values()]
}
