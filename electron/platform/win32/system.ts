import { access, constants, mkdir, open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { CodedError, errno } from '../../core/errors.ts'
import { folderOf } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Obstacle, System } from '../../core/system.ts'
import { nativePath, slashes } from './places.ts'
import { registryStore, type RegistryTools } from './registry.ts'

/** Windows refuses what another program has open for a moment (a virus scanner, an indexer). Milliseconds. */
const WAITS = [10, 20, 50, 100, 200, 400, 800, 1600] as const

/**
 * Node's files as they are on Windows: paths come back with forward slashes, nobody owns anything by number, and
 * a file that another program has open is tried again for about three seconds. Variables are the registry's.
 */
export function windowsSystem(sys: System, places: Places): System {
  const { mayWriteEnv, ...variables } = registryStore(sys, windowsTools(places))
  let elevated: Promise<boolean> | undefined
  const isElevated = (): Promise<boolean> => (elevated ??= mayWriteEnv('system').catch(() => false))
  return {
    ...sys,
    ...variables,
    mayWriteEnv: async (scope) => scope === 'user' || isElevated(),
    async lstat(path) {
      const stat = await sys.lstat(path)
      return stat && { ...stat, uid: -1, gid: -1 }
    },
    resolve: async (path) => slashes(await sys.resolve(path)),
    obstacle: async (path) => obstacle(path, places, isElevated),
    async makeDir(path) {
      await mkdir(path)
    },
    replaceFile: (path, bytes, options) => patiently(path, () => sys.replaceFile(path, bytes, options)),
    removeFile: (path) => patiently(path, () => sys.removeFile(path)),
    rename: (from, to) => patiently(from, () => sys.rename(from, to)),
    removeTree: (path) => patiently(path, () => sys.removeTree(path)),
  }
}

/** The programs of Windows itself, by their whole paths: what stands first in PATH may be another one. */
export function windowsTools({ environment }: Places): RegistryTools {
  const system = `${environment['SYSTEMROOT'] ?? 'C:\\Windows'}\\System32`
  return { reg: [`${system}\\reg.exe`], whoami: [`${system}\\whoami.exe`], native: nativePath }
}

async function patiently(path: string, work: () => Promise<void>): Promise<void> {
  for (const wait of [...WAITS, null]) {
    try {
      return await work()
    } catch (error) {
      if (!['EPERM', 'EBUSY', 'EACCES'].includes(errno(error) ?? '')) throw error
      if (wait === null) throw new CodedError('file-in-use', { path: nativePath(path) }, error)
      await sleep(wait)
    }
  }
}

/**
 * `access` sees only the read-only mark on Windows, never who may write. An existing file is opened for writing and
 * closed again, which changes nothing; a new one in the system's own folders takes an administrator.
 */
async function obstacle(path: string, places: Places, isElevated: () => Promise<boolean>): Promise<Obstacle | null> {
  try {
    await access(path, constants.W_OK)
  } catch (error) {
    if (errno(error) !== 'ENOENT') return { path, why: 'read-only' }
    const folder = folderOf(path)
    return folder === path ? { path, why: 'not-owned' } : obstacle(folder, places, isElevated)
  }
  if (isProtected(path, places) && !(await isElevated())) return { path, why: 'not-owned' }
  try {
    await (await open(path, 'r+')).close()
    return null
  } catch (error) {
    // A folder can't be opened so; another program may have the file open: neither is a matter of rights.
    return errno(error) === 'EPERM' ? { path, why: 'not-owned' } : null
  }
}

function isProtected(path: string, { environment, otherRoot }: Places): boolean {
  if (otherRoot) return false
  const names = ['PROGRAMDATA', 'PROGRAMFILES', 'PROGRAMW6432', 'PROGRAMFILES(X86)', 'SYSTEMROOT']
  const lower = `${slashes(path).toLowerCase()}/`
  return names.some((name) => {
    const folder = environment[name]
    return folder !== undefined && lower.startsWith(`${slashes(folder).toLowerCase().replace(/\/+$/, '')}/`)
  })
}
