import type { Edit, FormatId, SettingId, Target, Value } from '../../contract/plan.ts'
import type { ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import type { Format } from '../../core/setting.ts'
import { findAssignments } from '../assignments.ts'
import { toBinary } from '../binary.ts'
import { readKeys } from '../read-keys.ts'
import type { ShellState } from './detect.ts'
import { environmentDFormat } from './env-text.ts'
import { envPath, familiesOf, FAMILY, FORMAT, ownFiles, type Scope, sourceLine } from './families.ts'
import { fencedFiles } from './fenced-files.ts'
import { fenceEnd, fenceFormat } from './fence-text.ts'
import { graphicalFile, placedFile } from './graphical-file.ts'
import { underHome } from './quote.ts'
import { systemFenced, systemLine } from './system-files.ts'

/** What every named shell is to set: variables by name, and folders that belong in PATH. */
export type ShellWish = {
  scope: Scope
  shells: readonly ShellId[]
  variables: ReadonlyMap<string, string>
  paths: readonly string[]
  /** Those that somebody asked for by name; without it all of them. See `decides`. */
  named?: readonly ShellId[]
}

/**
 * The edits after which the shells set what is wished: the keys of our env files, and a fenced block
 * that reads them in each file that needs one. What stands already gives no edit. Throws
 * `unparsable-file` or `fence-damaged` with the path.
 */
export function shellEdits(owner: SettingId, places: Places, state: ShellState, wish: ShellWish): readonly Edit[] {
  if (wish.variables.size === 0 && wish.paths.length === 0) return []
  const own = familiesOf(wish.shells).flatMap((family): readonly Edit[] => {
    const path = envPath(places, family, wish.scope)
    return path === null ? [] : envEdits(owner, target(path, FORMAT[family].id), FORMAT[family], places, state, wish)
  })
  return [...own, ...fenceEdits(places, state, wish)]
}

/** The edits of the file from where graphical programs have their variables, where this machine has one. */
export function graphicalEdits(owner: SettingId, places: Places, state: ShellState, wish: ShellWish): readonly Edit[] {
  const file = graphicalFile(places, state, wish.scope)
  if (file === null) return []
  const { path, format, notify } = file
  return envEdits(owner, { ...target(path, format.id), notify }, format, places, state, wish)
}

/**
 * The edits that bring variables which already stand in our env files of one scope up to date, file by file.
 * Which shells read those files stays as it is. null = the tool's default: an empty value in the user's files,
 * and nothing in those of all users.
 */
export function refreshEdits(
  owner: SettingId,
  places: Places,
  state: ShellState,
  values: ReadonlyMap<string, string | null>,
): readonly Edit[] {
  return ownFiles(places, 'user').flatMap(({ path, format }): readonly Edit[] => {
    const current = readKeys(format, path, state.files.get(path) ?? null)
    const stale = [...values].filter(([name, value]) => (current.get(`var:${name}`) ?? value ?? '') !== (value ?? ''))
    const variables = new Map(stale.map(([name, value]) => [name, value ?? '']))
    const wish: ShellWish = { scope: 'user', shells: [], variables, paths: [] }
    return envEdits(owner, target(path, format.id), format, places, state, wish)
  })
}

/** Takes variables out of our own files for all users. */
export function systemRemovals(
  owner: SettingId,
  places: Places,
  state: ShellState,
  names: readonly string[],
): readonly Edit[] {
  const graphical = placedFile(places, 'system')
  const own = ownFiles(places, 'system').map((file) => ({ ...file, notify: [] }))
  return [...own, ...(graphical === null ? [] : [graphical])].flatMap(({ path, format, notify }) => {
    const current = readKeys(format, path, state.files.get(path) ?? null)
    return names.flatMap((name): Edit[] => {
      const key = `var:${name}`
      const before = current.get(key) ?? null
      return before === null
        ? []
        : [{ target: { ...target(path, format.id), notify }, owner, key, before, after: null }]
    })
  })
}

const target = (path: string, format: FormatId): Target => ({ kind: 'file', path, format, mode: 0o644, notify: [] })

function envEdits(
  owner: SettingId,
  file: Target,
  format: Format,
  places: Places,
  state: ShellState,
  wish: ShellWish,
): readonly Edit[] {
  const current = readKeys(format, file.path, state.files.get(file.path) ?? null)
  // environment.d takes no empty value; there a variable that is to be empty is one that is not set.
  const empty = format === environmentDFormat ? null : ''
  const wanted: (readonly [string, Value])[] = [
    ...[...wish.variables].map(([name, value]) => [`var:${name}`, value === '' ? empty : value] as const),
    ...wish.paths.map((path) => [`path:${wish.scope === 'user' ? underHome(path, places.home) : path}`, true] as const),
  ]
  return wanted.flatMap(([key, after]) => {
    const before = current.get(key) ?? null
    return before === after ? [] : [{ target: file, owner, key, before, after }]
  })
}

function fenceEdits(places: Places, state: ShellState, wish: ShellWish): readonly Edit[] {
  const names = new Set(wish.variables.keys())
  return wish.shells.flatMap((id) => {
    const own = envPath(places, FAMILY[id], wish.scope)
    if (own === null) return []
    const after =
      wish.scope === 'user' ? sourceLine(FAMILY[id], underHome(own, places.home)) : systemLine(places, id, own)
    const files = wish.scope === 'user' ? fencedFiles(id, places, state, names) : systemFenced(id, places, state)
    return files.flatMap((path): Edit[] => {
      const bytes = state.files.get(path) ?? null
      const before = readKeys(fenceFormat, path, bytes).get('source') ?? null
      if (before === after && bytes !== null && !isOverruled(bytes, names)) return []
      // The block is the shell setting's, whoever asks for it: two settings may need the same one.
      return [{ target: target(path, 'fence'), owner: 'shell', key: 'source', before, after }]
    })
  })
}

/** Whether a line below our block sets one of the names again. */
function isOverruled(bytes: Uint8Array, names: ReadonlySet<string>): boolean {
  const end = fenceEnd(bytes) ?? 0
  return findAssignments(toBinary(bytes), names).some(({ line }) => line > end)
}
