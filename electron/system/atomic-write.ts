import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readFile, rename, rm } from 'node:fs/promises'
import { sameBytes } from '../core/bytes.ts'
import { folderOf } from '../core/paths.ts'
import type { WriteOptions } from '../core/system.ts'
import { exec } from './exec.ts'

/**
 * Replaces or creates a file so that at every moment either the old or the new content stands there.
 * The temporary file gets the old one's mode, owner and extended attributes, is read back and fsynced
 * before the rename (write-file-atomic reported success after a short write on a full disk), and the
 * folder is fsynced after it. Throws Node's system errors; the temporary file is removed then.
 */
export async function replaceFile(path: string, bytes: Uint8Array, options: WriteOptions): Promise<void> {
  const { temporary } = options
  const handle = await open(temporary, constants.O_CREAT | constants.O_EXCL | constants.O_RDWR, 0o600)
  try {
    try {
      if (process.platform === 'darwin') await carryByCopy(path, temporary, handle, ['/bin/cp', '-p'])
      await writeAll(handle, bytes)
      await carryAttributes(path, temporary)
      await own(handle, options)
      await handle.chmod(options.mode)
      await refuseOtherRights(handle, temporary, options)
      await handle.sync()
    } finally {
      await handle.close()
    }
    if (!sameBytes(await readFile(temporary), bytes))
      throw Object.assign(new Error(`${temporary}: what was written reads back differently`), { code: 'EIO' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  await syncFolder(folderOf(path))
}

/** Writes all of `bytes` at `start`, however little a call takes. Throws Node's system errors. */
export async function writeAll(handle: FileHandle, bytes: Uint8Array, start = 0): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at, start + at)
    if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'ENOSPC' })
    at += bytesWritten
  }
}

/**
 * Node has no call for extended attributes and ACLs; GNU cp copies them without touching the content.
 * Where cp can't (BusyBox, a file system without them), mode and owner are set by the caller anyway.
 */
async function carryAttributes(from: string, to: string): Promise<void> {
  if (process.platform !== 'linux') return
  try {
    await lstat(from)
    await exec(['cp', '--attributes-only', '--preserve=all', '--no-dereference', '--', from, to])
    const now = new Date()
    const handle = await open(to, constants.O_RDWR)
    try {
      await handle.utimes(now, now)
    } finally {
      await handle.close()
    }
  } catch {
    // A new file has nothing to carry, and without cp there is no way to.
  }
}

/**
 * macOS' cp(1) copies extended attributes, ACLs and flags only together with the content: the old file is copied
 * whole onto the new one, which is then emptied. `copy`: the command without the two files.
 * Throws Node's system errors of the emptying alone.
 */
export async function carryByCopy(
  from: string,
  to: string,
  handle: FileHandle,
  copy: readonly [string, ...string[]],
): Promise<void> {
  try {
    await lstat(from)
    await exec([...copy, '--', from, to])
  } catch {
    // As above: nothing to carry, or no way to.
  }
  await handle.truncate(0)
}

/**
 * Root may give a file to anybody; others may give it to their own groups, which a folder with setgid needs.
 * Root says it always: what `cp` has set is then in this descriptor's fsync for sure.
 */
async function own(handle: FileHandle, { uid, gid }: WriteOptions): Promise<void> {
  if (process.getuid === undefined || uid < 0) return
  const stat = await handle.stat()
  if (process.getuid() === 0 || stat.uid !== uid || stat.gid !== gid) await handle.chown(uid, gid)
}

/** Before the rename: once the file is in place, other rights than the old ones can't be taken back. */
async function refuseOtherRights(handle: FileHandle, path: string, { mode, uid, gid }: WriteOptions): Promise<void> {
  if (process.getuid === undefined || uid < 0) return
  const stat = await handle.stat()
  const found = { mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid }
  if (found.mode === mode && found.uid === uid && found.gid === gid) return
  const text = `${path}: ${JSON.stringify(found)} instead of ${JSON.stringify({ mode, uid, gid })}`
  throw Object.assign(new Error(text), { code: 'EACCES' })
}

/** Makes a rename, a new name or a removal in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(path, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
