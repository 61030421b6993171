import { isAbsolute } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'

/** The folders that every Linux searches; also what a program gets that must not see the user's PATH. */
export const PLAIN_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What a program's file may end in on Windows, of what PATHEXT names. */
const WINDOWS_ENDINGS = ['.exe', '.cmd'] as const

/** Every place where `name` lies as a program: PATH first, then those of `known` (absolute paths) that end in it. */
export async function findPrograms(
  sys: Reader,
  places: Places,
  name: string,
  known: readonly string[],
): Promise<readonly string[]> {
  const windows = places.platform === 'win32'
  const folders = (places.environment['PATH'] ?? (windows ? '' : PLAIN_PATH))
    .split(windows ? ';' : ':')
    .map((folder) => (windows ? folder.replaceAll('"', '').replaceAll('\\', '/') : folder))
    .filter(isAbsolute)
  const files = windows ? WINDOWS_ENDINGS.map((ending) => `${name}${ending}`) : [name]
  const found: string[] = []
  const seen = new Set<string>()
  for (const path of [
    ...folders.flatMap((folder) => files.map((file) => `${folder.replace(/\/+$/, '')}/${file}`)),
    ...known.filter((path) => files.some((file) => path.endsWith(`/${file}`))),
  ]) {
    const real = await programAt(sys, path)
    if (real === null || seen.has(real)) continue
    seen.add(real)
    found.push(path)
  }
  return found
}

/** A system without numbers for accounts has no mark for programs either: their names tell. */
const isWindows = (sys: Reader): boolean => sys.identity.uid === -1

/** The file behind `path` when it may be run, else null. */
export async function programAt(sys: Reader, path: string): Promise<string | null> {
  try {
    const real = await sys.resolve(path)
    const stat = await sys.lstat(real)
    return stat?.kind === 'file' && (isWindows(sys) || (stat.mode & 0o111) !== 0) ? real : null
  } catch {
    return null
  }
}
