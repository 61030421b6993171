import { constants, type PathLike, type Stats } from 'node:fs'
import {
  chmod,
  chown,
  type FileHandle,
  lchown,
  lstat,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  unlink,
} from 'node:fs/promises'
import type { Rights } from '../contract/plan.ts'
import { errno } from '../core/errors.ts'
import { folderOf } from '../core/paths.ts'
import { syncFolder } from './atomic-write.ts'

/** Moves what stands at `from`, as `System.rename` says it. */
export async function move(from: string, to: string): Promise<void> {
  // rename(2) itself would replace a file or an empty folder.
  if (await itself(to)) throw Object.assign(new Error(`EEXIST: ${to}`), { code: 'EEXIST' })
  await rename(from, to)
  await syncFolder(folderOf(to))
  if (folderOf(from) !== folderOf(to)) await syncFolder(folderOf(from))
}

async function itself(path: PathLike): Promise<Stats | null> {
  try {
    return await lstat(path)
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return null
    throw error
  }
}

/** Linux' open(2): a handle on the thing itself, whatever it is and however closed it is. */
const O_PATH = 0o10000000

/**
 * For root step by step from `/`, following no link at all: a folder on the way that is somebody else's may have
 * become a link to root's own things a moment ago. Throws ELOOP.
 */
async function openItself(path: string): Promise<FileHandle> {
  const flags = O_PATH | constants.O_NOFOLLOW
  if (process.getuid?.() !== 0) return open(path, flags)
  let at = await open('/', flags)
  try {
    for (const name of path.split('/').filter((part) => part !== '')) {
      const next = await open(`/proc/self/fd/${at.fd}/${name}`, flags)
      await at.close()
      at = next
      if ((await at.stat()).isSymbolicLink()) throw looped(path)
    }
    return at
  } catch (error) {
    await at.close()
    throw error
  }
}

/** Sets owner and mode, as `System.setRights` says it. */
export const setRights = (path: string, rights: Rights): Promise<void> => put(path, rights, () => {})

/** The same of nothing but a file with one name or a folder, and never with setuid or setgid. ELOOP for what is not so. */
export const setPlainRights = (path: string, rights: Rights): Promise<void> =>
  put(path, rights, (stat) => {
    const plain = stat.isDirectory() || (stat.isFile() && stat.nlink === 1)
    if (!plain || (rights.mode & 0o6000) !== 0) throw looped(path)
  })

const looped = (path: string): Error => Object.assign(new Error(`ELOOP: ${path}`), { code: 'ELOOP' })

/** `sound` throws for what is not to be touched. */
async function put(path: string, rights: Rights, sound: (stat: Stats) => void): Promise<void> {
  const handle = process.platform === 'linux' ? await openItself(path) : null
  try {
    const stat = handle ? await handle.stat() : await lstat(path)
    if (stat.isSymbolicLink()) throw looped(path)
    // Root works in other people's folders: what was a file a moment ago may be a link now.
    const at = handle ? (through(handle) ?? path) : path
    sound(stat)
    const { mode, uid, gid } = rights
    const moves = process.getuid !== undefined && uid >= 0 && (stat.uid !== uid || stat.gid !== gid)
    // The name in /proc is a link to what the handle holds.
    if (moves) await (handle ? chown(at, uid, gid) : lchown(at, uid, gid))
    // In this order: chown takes setuid and setgid away.
    await chmod(at, mode)
  } finally {
    await handle?.close()
  }
  await syncItself(path)
}

const through = (handle: FileHandle): string | null =>
  process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : null

/** What cannot be opened (a socket, a file that its owner may not read) is on the disk with its folder. */
async function syncItself(path: string): Promise<void> {
  if (process.platform === 'win32') return
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    await syncFolder(folderOf(path)).catch(() => {})
  }
}

/** Deletes what stands at `path` with all below it, as `System.removeTree` says it. */
export async function removeTree(path: string): Promise<void> {
  const stat = await itself(path)
  if (stat === null) return
  if (process.platform === 'win32') await rm(path, { recursive: true, force: true, maxRetries: 3 })
  else if (stat.isDirectory()) {
    await empty(path)
    await rmdir(path)
  } else await unlink(path)
  await syncFolder(folderOf(path))
}

/**
 * Folders are entered by handles: one that somebody puts a link in the place of meanwhile leads nowhere. Names are
 * bytes; a folder that is closed even to its owner (Go's module cache) is opened first.
 */
async function empty(folder: PathLike): Promise<void> {
  const handle = await openFolder(folder)
  try {
    const here = Buffer.from(`${through(handle) ?? String(folder)}/`)
    for (const entry of await readdir(here, { withFileTypes: true, encoding: 'buffer' })) {
      const at = Buffer.concat([here, entry.name])
      if (entry.isDirectory()) {
        await empty(at)
        await rmdir(at)
      } else await unlink(at)
    }
  } finally {
    await handle.close()
  }
}

async function openFolder(folder: PathLike): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
  const handle = await open(folder, flags).catch(async (error: unknown) => {
    if (errno(error) !== 'EACCES' || process.getuid?.() === 0) throw error
    await chmod(folder, 0o700)
    return open(folder, flags)
  })
  try {
    const { mode } = await handle.stat()
    if ((mode & 0o300) !== 0o300) await handle.chmod((mode & 0o7777) | 0o300)
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}
