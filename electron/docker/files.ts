import { errno } from '../core/errors.ts'
import type { Reader } from '../core/system.ts'

/** The text of a file; null when there is none. Other errors (no permission) are thrown. */
export async function readText(sys: Reader, path: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await sys.readFile(path)).replace(/^\uFEFF/, '')
  } catch (error) {
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return null
    throw error
  }
}

/** Whether something stands behind `path`, links followed. What may not be looked at counts as there. */
export async function exists(sys: Reader, path: string): Promise<boolean> {
  try {
    return (await sys.lstat(await sys.resolve(path))) !== null
  } catch (error) {
    return errno(error) === 'EACCES' || errno(error) === 'EPERM'
  }
}
