import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'

/** The folders that every Linux searches; also what a program gets that must not see the user's PATH. */
export const PLAIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Every place where `name` lies as a program: PATH first, then those of `known` (absolute paths) that end in it. */
export async function findPrograms(
  sys: Reader,
  places: Places,
  name: string,
  known: readonly string[],
): Promise<readonly string[]> {
  const folders = (places.environment['PATH'] ?? PLAIN_PATH).split(':').filter((folder) => folder.startsWith('/'))
  const found: string[] = []
  const seen = new Set<string>()
  for (const path of [
    ...folders.map((folder) => `${folder.replace(/\/+$/, '')}/${name}`),
    ...known.filter((path) => path.endsWith(`/${name}`)),
  ]) {
    const real = await programAt(sys, path)
    if (real === null || seen.has(real)) continue
    seen.add(real)
    found.push(path)
  }
  return found
}

/** The file behind `path` when it may be run, else null. */
export async function programAt(sys: Reader, path: string): Promise<string | null> {
  try {
    const real = await sys.resolve(path)
    const stat = await sys.lstat(real)
    return stat?.kind === 'file' && (stat.mode & 0o111) !== 0 ? real : null
  } catch {
    return null
  }
}
