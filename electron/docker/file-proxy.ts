import { fileURLToPath } from 'node:url'
import { splitGoProxy } from '../contract/grammar.ts'
import { isAbsolute, under } from '../core/paths.ts'
import type { Reader } from '../core/system.ts'
import type { Mount } from './container.ts'

/** What a kit's folder says it holds, a line `path version` a module. */
const LIST = 'modules.txt'

/** The folders that GOPROXY names, as this system writes them. */
export function proxyFolders(goproxy: string): readonly string[] {
  return splitGoProxy(goproxy).flatMap(({ value }) => {
    if (!value.startsWith('file:///')) return []
    try {
      const path = fileURLToPath(value)
      return isAbsolute(path) ? [path] : []
    } catch {
      return []
    }
  })
}

/** Folders of the system, and what is too near to the root: no proxy, but what an image must not see. */
const CLOSED = /^\/(etc|proc|sys|dev|run|var\/run|boot)(\/|$)|^\/[^/]*\/?$/

/** Whether a folder is laid out as a Go proxy: hosts' folders (`github.com/…`), a database's answers, a kit's list. */
async function looksLikeProxy(path: string, sys: Reader): Promise<boolean> {
  const names = await sys.list(path).catch(() => [])
  return names.some((name) => name === LIST || name === 'sumdb' || /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name))
}

/**
 * Brings the folders that GOPROXY names into a container under their own paths, to be read only. One that is gone is left
 * out, and so is one that is no proxy: a setting must not show an image somebody's keys.
 */
export async function proxyMounts(sys: Reader, goEnv: Readonly<Record<string, string>>): Promise<readonly Mount[]> {
  const mounts: Mount[] = []
  for (const path of proxyFolders(goEnv.GOPROXY ?? ''))
    if (
      path.startsWith('/') &&
      !CLOSED.test(path) &&
      (await sys.lstat(path).catch(() => null))?.kind === 'dir' &&
      (await looksLikeProxy(path, sys))
    )
      mounts.push({ Type: 'bind', Source: path, Target: path, ReadOnly: true })
  return mounts
}

/** A module that the first folder of GOPROXY holds, to be tried; null where it is no kit's, or not asked first. */
export async function moduleIn(sys: Reader, goproxy: string): Promise<{ module: string; version: string } | null> {
  const [folder] = goproxy.startsWith('file:///') ? proxyFolders(goproxy) : []
  if (folder === undefined) return null
  const text = await sys.readFile(under(folder, LIST)).catch(() => new Uint8Array())
  const [, module, version] = /^(\S+) (\S+)$/m.exec(new TextDecoder().decode(text)) ?? []
  return module === undefined || version === undefined ? null : { module, version }
}
