import { chown, cp, lchown, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Copies a skeleton into a new home as useradd(8) does: with modes and links, and all of it the new owner's. */
export async function copyHome(from: string, to: string, owner: { uid: number; gid: number }): Promise<void> {
  await cp(from, to, { recursive: true, verbatimSymlinks: true })
  const visit = async (path: string): Promise<void> => {
    const stat = await lstat(path)
    if (stat.isSymbolicLink()) return lchown(path, owner.uid, owner.gid)
    await chown(path, owner.uid, owner.gid)
    if (stat.isDirectory()) for (const name of await readdir(path)) await visit(join(path, name))
  }
  await visit(to)
}
