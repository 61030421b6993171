import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { Ground } from './ground.ts'
import type { Base, Built } from './power.ts'

/** What stands on a ground now, for the model to begin with. Links are followed by nobody: no run writes to one. */
export const baseOf =
  (kept: (path: string) => string): Base =>
  (path) => {
    const stat = lstatSync(kept(path), { throwIfNoEntry: false })
    if (stat === undefined || stat.isSymbolicLink()) return null
    const bytes = stat.isFile() ? readFileSync(kept(path)) : Buffer.alloc(0)
    return { dir: stat.isDirectory(), bytes, mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid }
  }

/** Builds a state as a real tree over what was kept. What stood there before keeps its attributes and links. */
export function rebuild(ground: Ground, kept: string, built: Built): void {
  ground.back(kept)
  const paths = [...built].toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [path, inode] of paths.toReversed()) {
    if (inode !== null || !existsSync(path)) continue
    if (lstatSync(path).isDirectory()) rmEmpty(path)
    else rmSync(path)
  }
  for (const [path, inode] of paths) {
    // The folder's own name did not make it to the disk.
    if (inode === null || !existsSync(dirname(path))) continue
    if (inode.dir && !existsSync(path)) mkdirSync(path)
    if (!inode.dir) writeFileSync(path, inode.bytes)
    chownSync(path, inode.uid, inode.gid)
    chmodSync(path, inode.mode)
  }
}

/** A folder whose removal lasted although a name in it was not sure to be gone takes that along. */
const rmEmpty = (path: string): void => {
  try {
    rmdirSync(path)
  } catch {
    rmSync(path, { recursive: true })
  }
}
