import { constants, type Stats } from 'node:fs'
import { access, lstat, mkdir, open, readdir, readFile, readlink, realpath, rmdir, unlink } from 'node:fs/promises'
import { errno } from '../core/errors.ts'
import { folderOf, nameOf, under } from '../core/paths.ts'
import type { Stat, System } from '../core/system.ts'
import { replaceFile, syncFolder } from './atomic-write.ts'
import { exec } from './exec.ts'

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
    readFile: (path) => readFile(path),
    resolve,
    list: (path) => readdir(path),
    canWrite: (path) => canWrite(path, identity.uid),
    query: exec,
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
    append,
    createExclusive,
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

const isAbsent = (error: unknown): boolean => errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR'

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
  return resolve(target.startsWith('/') ? target : under(parent, target), hops + 1)
}

async function canWrite(path: string, uid: number): Promise<boolean> {
  try {
    const stat = await lstat(path)
    // A rename would make another user's file ours, which only root can set right again.
    if (uid !== 0 && stat.isFile() && stat.uid !== uid) return false
    await access(path, constants.W_OK)
    if (stat.isFile()) await access(folderOf(path), constants.W_OK | constants.X_OK)
    return true
  } catch (error) {
    if (!isAbsent(error)) return false
    const folder = folderOf(path)
    return folder !== path && canWrite(folder, uid)
  }
}

async function append(path: string, text: string): Promise<void> {
  const handle = await open(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600)
  try {
    const { size } = await handle.stat()
    try {
      await handle.writeFile(text)
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
      await handle.writeFile(text)
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
