import type { Edit, FormatId, SettingId, Target, Value } from '../../contract/plan.ts'
import type { ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import type { Format } from '../../core/setting.ts'
import { findAssignments } from '../assignments.ts'
import { toBinary } from '../binary.ts'
import { readKeys } from '../read-keys.ts'
import { configFishPath, envFishPath, envShPath, type ShellState } from './detect.ts'
import { envFishFormat, envShFormat } from './env-text.ts'
import { fenceEnd, fenceFormat } from './fence-text.ts'
import { pathWord, quoteFish, quoteSh, underHome } from './quote.ts'

/** What every named shell is to set: variables by name, and folders that belong in PATH. */
export type ShellWish = {
  shells: readonly ShellId[]
  variables: ReadonlyMap<string, string>
  paths: readonly string[]
}

/**
 * The edits after which the shells set what is wished: the keys of our env files, and a fenced block
 * that reads them in each file that needs one. What stands already gives no edit. Throws
 * `unparsable-file` or `fence-damaged` with the path.
 */
export function shellEdits(owner: SettingId, places: Places, state: ShellState, wish: ShellWish): readonly Edit[] {
  if (wish.variables.size === 0 && wish.paths.length === 0) return []
  const posix = wish.shells.some((id) => id !== 'fish')
  const fish = wish.shells.includes('fish') ? envFishPath(places) : null
  return [
    ...(posix ? envEdits(owner, target(envShPath(places), 'env-sh'), envShFormat, places, state, wish) : []),
    ...(fish === null ? [] : envEdits(owner, target(fish, 'env-fish'), envFishFormat, places, state, wish)),
    ...fenceEdits(places, state, wish),
  ]
}

/**
 * The edits that bring variables which already stand in our env files up to date, file by file.
 * Which shells read those files stays as it is. null = the tool's default, as an empty value.
 */
export function refreshEdits(
  owner: SettingId,
  places: Places,
  state: ShellState,
  values: ReadonlyMap<string, string | null>,
): readonly Edit[] {
  const files = [
    [envShPath(places), envShFormat],
    [envFishPath(places), envFishFormat],
  ] as const
  return files.flatMap(([path, format]): readonly Edit[] => {
    if (path === null) return []
    const current = readKeys(format, path, state.files.get(path) ?? null)
    const stale = [...values].filter(([name, value]) => (current.get(`var:${name}`) ?? value ?? '') !== (value ?? ''))
    const variables = new Map(stale.map(([name, value]) => [name, value ?? '']))
    const wish: ShellWish = { shells: [], variables, paths: [] }
    return envEdits(owner, target(path, format.id), format, places, state, wish)
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
  const wanted: (readonly [string, Value])[] = [
    ...[...wish.variables].map(([name, value]) => [`var:${name}`, value] as const),
    ...wish.paths.map((path) => [`path:${underHome(path, places.home)}`, true] as const),
  ]
  return wanted.flatMap(([key, after]) => {
    const before = current.get(key) ?? null
    return before === after ? [] : [{ target: file, owner, key, before, after }]
  })
}

/** The line inside the block. An `if` and not `&&`: its status is 0 where our file is gone. */
const sourceSh = (path: string): string => `if [ -f ${path} ]; then . ${path}; fi`
const sourceFish = (path: string): string => `if test -f ${path}; source ${path}; end`

function fenceEdits(places: Places, state: ShellState, wish: ShellWish): readonly Edit[] {
  const names = new Set(wish.variables.keys())
  const sh = sourceSh(pathWord(underHome(envShPath(places), places.home), quoteSh))
  const fish = sourceFish(pathWord(underHome(envFishPath(places) ?? '', places.home), quoteFish))
  return wish.shells.flatMap((id) =>
    fencedFiles(id, places, state, names).flatMap((path): Edit[] => {
      const after = id === 'fish' ? fish : sh
      const bytes = state.files.get(path) ?? null
      const before = readKeys(fenceFormat, path, bytes).get('source') ?? null
      if (before === after && bytes !== null && !isOverruled(bytes, names)) return []
      // The block is the shell setting's, whoever asks for it: two settings may need the same one.
      return [{ target: target(path, 'fence'), owner: 'shell', key: 'source', before, after }]
    }),
  )
}

/** Whether a line below our block sets one of the names again. */
function isOverruled(bytes: Uint8Array, names: ReadonlySet<string>): boolean {
  const end = fenceEnd(bytes) ?? 0
  return findAssignments(toBinary(bytes), names).some(({ line }) => line > end)
}

/**
 * The files of one shell that get our block: those that every start of it reads, and each later one
 * that sets one of our names itself.
 */
function fencedFiles(id: ShellId, places: Places, state: ShellState, names: ReadonlySet<string>): readonly string[] {
  const { files } = places.shells[id]
  const setsOurs = (path: string): boolean => {
    const bytes = state.files.get(path) ?? null
    return bytes !== null && findAssignments(toBinary(bytes), names).length > 0
  }
  const always = alwaysRead(id, places, state)
  const own = envFishPath(places)
  const late = files.filter((path) => path !== own && !always.includes(path) && setsOurs(path))
  const config = configFishPath(places)
  // conf.d is read by name: what comes after goready.fish can only be answered in config.fish.
  const extra = id === 'fish' && state.fishExtra.some((path) => path > (own ?? '') && setsOurs(path))
  return [...new Set([...always, ...late, ...(extra && config !== null ? [config] : [])])]
}

function alwaysRead(id: ShellId, places: Places, state: ShellState): readonly string[] {
  const { files } = places.shells[id]
  const exists = (path: string): boolean => (state.files.get(path) ?? null) !== null
  const of = (name: string): readonly string[] => files.filter((path) => path.endsWith(`/${name}`))
  if (id === 'fish') return []
  if (id === 'bash') {
    const login = [...of('.bash_profile'), ...of('.bash_login'), ...of('.profile')]
    // Where none exists .profile is made, never .bash_profile: that one would shadow a .profile made later.
    return [...of('.bashrc'), ...[login.find(exists) ?? login.at(-1)].filter((path) => path !== undefined)]
  }
  // The last .zshenv is the one in ZDOTDIR; the one in the home (which may set ZDOTDIR) counts only if it is there.
  const zshenv = of('.zshenv')
  return zshenv.filter((path, index) => index === zshenv.length - 1 || exists(path))
}
