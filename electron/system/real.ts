import { constants, type Stats } from 'node:fs'
import {
  access,
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readlink,
  realpath,
  rmdir,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { errno } from '../core/errors.ts'
import { folderOf, isAbsolute, nameOf, under } from '../core/paths.ts'
import type { EnvStore, Obstacle, Stat, System } from '../core/system.ts'
import { replaceFile, syncFolder, writeAll } from './atomic-write.ts'
import { exec } from './exec.ts'
import { readBounded } from './read-bounded.ts'
import { move, removeTree, setRights } from './tree.ts'

/** The machine itself. */
export function realSystem(): System {
  const identity = { uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 }
  return {
    identity,
    async lstat(path) {
      try {
        return toStat(await lstat(path))
      } catch (error) {
        if (isAbsent(error)) return null
        throw error
      }
    },
    readFile: readBounded,
    resolve,
    list: (path) => readdir(path),
    obstacle: (path) => obstacle(path, identity.uid),
    query: exec,
    withScratch,
    run: exec,
    replaceFile,
    async removeFile(path) {
      await unlink(path)
      await syncFolder(folderOf(path))
    },
    async makeDir(path, mode, uid, gid) {
      await mkdir(path, { mode })
      const handle = await open(path, constants.O_RDONLY)
      try {
        // The umask has had its say in mkdir; the plan showed this mode.
        await handle.chmod(mode)
        if (identity.uid === 0 && uid >= 0) await handle.chown(uid, gid)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await syncFolder(folderOf(path))
    },
    async removeDir(path) {
      try {
        await rmdir(path)
      } catch (error) {
        if (errno(error) === 'ENOTEMPTY' || errno(error) === 'EEXIST') return false
        throw error
      }
      await syncFolder(folderOf(path))
      return true
    },
    rename: move,
    setRights,
    removeTree,
    append,
    createExclusive,
    ...FILES_ONLY,
    async kill(pid, signal) {
      try {
        return process.kill(pid, signal)
      } catch (error) {
        if (errno(error) === 'ESRCH') return false
        // It lives, it is only not ours.
        if (signal === 0 && errno(error) === 'EPERM') return true
        throw error
      }
    },
  }
}

/** A system that keeps its variables in files alone. Windows' own store is laid over it. */
const FILES_ONLY: EnvStore = {
  listEnv: () => Promise.resolve([]),
  readEnv: () => Promise.resolve(null),
  mayWriteEnv: () => Promise.resolve(false),
  writeEnv: (scope, name) => Promise.reject(new Error(`no store for ${scope} ${name}`)),
}

// Nothing can stand under a name that no file can have.
const isAbsent = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(errno(error) ?? '')

function toStat(stat: Stats): Stat {
  return {
    kind: stat.isFile() ? 'file' : stat.isDirectory() ? 'dir' : stat.isSymbolicLink() ? 'link' : 'other',
    mode: stat.mode & 0o7777,
    uid: stat.uid,
    gid: stat.gid,
    size: stat.size,
    links: stat.nlink,
    mtimeMs: stat.mtimeMs,
  }
}

/** Follows links as far as they lead; a path that ends nowhere is resolved up to its last folder. */
async function resolve(path: string, hops = 0): Promise<string> {
  if (hops > 40) throw Object.assign(new Error(`ELOOP: too many symbolic links, ${path}`), { code: 'ELOOP' })
  try {
    return await realpath(path)
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw error
  }
  const folder = folderOf(path)
  if (folder === path) return path
  const parent = await resolve(folder, hops + 1)
  const here = under(parent, nameOf(path))
  let target: string
  try {
    target = await readlink(here)
  } catch {
    return here
  }
  return resolve(isAbsolute(target) ? target : under(parent, target), hops + 1)
}

async function obstacle(path: string, uid: number): Promise<Obstacle | null> {
  let stat: Stats
  try {
    stat = await lstat(path)
  } catch (error) {
    const folder = folderOf(path)
    if (isAbsent(error) && folder !== path) return obstacle(folder, uid)
    return { path, why: uid === 0 ? 'read-only' : 'not-owned' }
  }
  const closed = await closedTo(path, stat, uid, constants.W_OK)
  if (closed || !stat.isFile()) return closed
  // A rename would make another user's file ours, which only root can set right again.
  if (uid !== 0 && stat.uid !== uid) return { path, why: 'not-owned' }
  const folder = folderOf(path)
  return closedTo(folder, await lstat(folder), uid, constants.W_OK | constants.X_OK)
}

async function closedTo(path: string, stat: Stats, uid: number, mode: number): Promise<Obstacle | null> {
  try {
    await access(path, mode)
    return null
  } catch (error) {
    // access(2) says EPERM for the flag alone, to whoever asks.
    if (errno(error) === 'EPERM') return { path, why: 'immutable' }
    const own = uid === 0 || stat.uid === uid
    return { path, why: own || errno(error) === 'EROFS' ? 'read-only' : 'not-owned' }
  }
}

async function withScratch<T>(
  files: Readonly<Record<string, Uint8Array>>,
  work: (folder: string) => Promise<T>,
  owner?: { readonly uid: number; readonly gid: number },
): Promise<T> {
  const folder = await mkdtemp(under(tmpdir(), 'goready-'))
  try {
    await chmod(folder, 0o711)
    if (owner !== undefined && process.getuid?.() === 0) await chown(folder, owner.uid, owner.gid)
    for (const [name, bytes] of Object.entries(files))
      await writeFile(under(folder, name), bytes, { flag: 'wx', mode: 0o600 })
    return await work(folder)
  } finally {
    await removeScratch(folder)
  }
}

/** What the tool has started may still write there; what is another user's by now leads nowhere. */
async function removeScratch(folder: string): Promise<void> {
  for (let tries = 0; ; tries++)
    try {
      return await removeTree(folder)
    } catch (error) {
      if (tries === 5 || !['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(errno(error) ?? '')) throw error
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
}

async function append(path: string, text: string): Promise<void> {
  // Root appends to records in other people's homes: a link there must lead it nowhere. (Windows has no such flag.)
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW
  const handle = await open(path, flags, 0o600)
  try {
    const { size } = await handle.stat()
    try {
      await writeAll(handle, new TextEncoder().encode(text), size)
      await handle.sync()
    } catch (error) {
      // Half a record on a full disk would spoil the next one.
      await handle.truncate(size).catch(() => {})
      throw error
    }
  } finally {
    await handle.close()
  }
}

async function createExclusive(path: string, text: string, owner: { uid: number; gid: number }): Promise<boolean> {
  try {
    const handle = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    try {
      if (process.getuid?.() === 0 && owner.uid >= 0) await handle.chown(owner.uid, owner.gid)
      await writeAll(handle, new TextEncoder().encode(text))
      await handle.sync()
    } catch (error) {
      await unlink(path)
      throw error
    } finally {
      await handle.close()
    }
    await syncFolder(folderOf(path))
    return true
  } catch (error) {
    if (errno(error) === 'EEXIST') return false
    throw error
  }
}
