import type { Edit, EnvScope, EnvTarget, SettingId } from '../../contract/plan.ts'
import { envTarget, sameEntry, splitList } from '../../core/env.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { EnvEntry, Reader } from '../../core/system.ts'

/** What Windows keeps for its programs, by scope. The user's values win; PATH is the system's and then the user's. */
export type WindowsVariables = Readonly<Record<EnvScope, readonly EnvEntry[]>>

export type WindowsWish = {
  scope: EnvScope
  /** null: the variable is to go. */
  variables: ReadonlyMap<string, string | null>
  paths: readonly string[]
}

/** What stands in the registry; null on every other system, and for another home or root than the registry's own. */
export async function windowsVariables(sys: Reader, places: Places): Promise<WindowsVariables | null> {
  if (places.platform !== 'win32' || places.otherHome || places.otherRoot) return null
  return { user: await sys.listEnv('user'), system: await sys.listEnv('system') }
}

/** One of them, by its name in any case. */
export const windowsVariable = (state: WindowsVariables, scope: EnvScope, name: string): EnvEntry | null =>
  state[scope].find((entry) => entry.name.toUpperCase() === name.toUpperCase()) ?? null

/**
 * The edits after which every new program gets what is wished: cmd, both PowerShells and graphical programs alike,
 * because all of them are given the registry's variables. What stands already gives no edit.
 * Throws `bad-profile` for a folder that Windows can't have in a list.
 */
export function windowsEdits(
  owner: SettingId,
  places: Places,
  state: WindowsVariables,
  { scope, variables, paths }: WindowsWish,
): readonly Edit[] {
  const target = (name: string): EnvTarget => envTarget(scope, windowsVariable(state, scope, name)?.name ?? name)
  const values = [...variables].flatMap(([name, after]): Edit[] => {
    const before = windowsVariable(state, scope, name)?.value?.value ?? null
    return before === after ? [] : [{ target: target(name), owner, key: name, before, after }]
  })
  const present = entriesOf(state, scope, places)
  const folders = [...new Set(paths.map((path) => windowsFolder(path, places)))]
  const entries = folders.flatMap((folder): Edit[] =>
    present.some((entry) => sameEntry(entry, folder))
      ? []
      : [{ target: target('Path'), owner, key: `path:${folder}`, before: null, after: true }],
  )
  return [...values, ...entries]
}

/** The folders that programs search, with variables replaced; for a user, the system's as well. */
function entriesOf(state: WindowsVariables, scope: EnvScope, { environment }: Places): readonly string[] {
  const scopes: readonly EnvScope[] = scope === 'user' ? ['system', 'user'] : ['system']
  return scopes.flatMap((one) => {
    const value = windowsVariable(state, one, 'Path')?.value ?? null
    if (value === null) return []
    return value.type === 'REG_SZ' ? splitList(value.value) : splitList(expand(value.value, environment))
  })
}

/** `%NAME%` replaced as Windows does it: what is not set stays as it is written. */
export const expand = (text: string, environment: Readonly<Record<string, string>>): string =>
  text.replace(/%([^%;=]+)%/g, (whole, name: string) => environment[name.toUpperCase()] ?? whole)

/** A folder of a profile as Windows writes it. */
export function windowsFolder(path: string, { home }: Places): string {
  const whole = (path.startsWith('~/') ? `${home}/${path.slice(2)}` : path).replaceAll('/', '\\')
  // In a list a `;` parts entries, a `"` may hide one, and a `%` would be replaced by another variable's value.
  if (!/^([A-Za-z]:\\|\\\\[^\\])[^;"%<>|?*]*$/.test(whole))
    throw new CodedError('bad-profile', { key: 'env.path', reason: 'bad-path' })
  return whole
}
