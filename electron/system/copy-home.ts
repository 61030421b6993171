import { cp, lchown, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Copies a skeleton into a new home as useradd(8) does: with modes and links, and all of it the new owner's. A folder goes
 * over after what is in it, and no link is followed: until then nobody but us can put another thing in its place.
 */
export async function copyHome(from: string, to: string, owner: { uid: number; gid: number }): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true })
  const visit = async (path: string): Promise<void> => {
    if ((await lstat(path)).isDirectory()) for (const name of await readdir(path)) await visit(join(path, name))
    await lchown(path, owner.uid, owner.gid)
  }
  await visit(to)
}
