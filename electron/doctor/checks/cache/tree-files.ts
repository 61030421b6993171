import { under } from '../../../core/paths.ts'
import type { Reader } from '../../../core/system.ts'

/** A file below a folder: its path from there with `/`, and how it can be told from what it was. */
export type TreeFile = { name: string; size: number; mtimeMs: number }

/** Every file below a folder, links followed to nothing. null: there is no such folder, or not all of it can be read. */
export async function filesBelow(
  sys: Reader,
  folder: string,
  signal: AbortSignal,
  stop: () => boolean = () => false,
): Promise<readonly TreeFile[] | null> {
  const files: TreeFile[] = []
  const visit = async (path: string, name: string): Promise<void> => {
    signal.throwIfAborted()
    if (stop()) return
    const names = await sys.list(path)
    await Promise.all(
      names.map(async (child) => {
        const [at, below] = [under(path, child), name === '' ? child : `${name}/${child}`]
        const stat = await sys.lstat(at)
        if (stat?.kind === 'dir') await visit(at, below)
        else if (stat !== null) files.push({ name: below, size: stat.size, mtimeMs: stat.mtimeMs })
      }),
    )
  }
  try {
    await visit(folder, '')
    return files
  } catch {
    signal.throwIfAborted()
    return null
  }
}

export const sizeOf = (files: readonly TreeFile[]): number => files.reduce((sum, { size }) => sum + size, 0)
