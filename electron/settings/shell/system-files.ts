import type { ShellId } from '../../contract/profile.ts'
import { folderOf } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import { toBinary } from '../binary.ts'
import type { ShellState } from './detect.ts'
import { FAMILY, sourceLine } from './families.ts'

/** The line that reads our file for all users; under `--root` by the name that the file has inside that root. */
export function systemLine(places: Places, id: ShellId, own: string): string {
  return sourceLine(FAMILY[id], places.root === '/' ? own : own.slice(places.root.length))
}

/**
 * The file of all users that has to be told about ours, for one shell: at most one. None where the system's own
 * text reads the whole folder already (Fedora's bashrc and csh.cshrc do, Debian's do not).
 */
export function systemFenced(id: ShellId, places: Places, state: ShellState): readonly string[] {
  const names = places.system?.fenced[id] ?? []
  const exists = (path: string): boolean => (state.files.get(path) ?? null) !== null
  const path = names.find(exists) ?? names.find((name) => state.folders.has(folderOf(name))) ?? names.at(-1)
  if (path === undefined) return []
  const own = places.system?.[FAMILY[id]] ?? null
  if (own === null || readsFolder(state.files.get(path) ?? null, folderOf(own), places)) return []
  return [path]
}

/** Whether a line that counts names every file of our folder (`/etc/profile.d/*.sh`). */
function readsFolder(bytes: Uint8Array | null, folder: string, places: Places): boolean {
  const inside = places.root === '/' ? folder : folder.slice(places.root.length)
  const lines = bytes === null ? [] : toBinary(bytes).split('\n')
  return lines.some((line) => !/^\s*#/.test(line) && line.includes(`${inside}/*`))
}
