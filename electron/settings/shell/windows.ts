import type { Finding } from '../../contract/note.ts'
import type { Edit, EnvScope, EnvTarget, SettingId } from '../../contract/plan.ts'
import { envTarget, sameEntry, splitList } from '../../core/env.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
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
function windowsFolder(path: string, { home }: Places): string {
  const whole = (path.startsWith('~/') ? `${home}/${path.slice(2)}` : path).replaceAll('/', '\\')
  // In a list a `;` parts entries, a `"` may hide one, and a `%` would be replaced by another variable's value.
  if (!/^([A-Za-z]:\\|\\\\[^\\])[^;"%<>|?*]*$/.test(whole))
    throw new CodedError('bad-profile', { key: 'env.path', reason: 'bad-path' })
  return whole
}

/** Looks in the registry once more. New programs get these values; those that run keep theirs until they restart. */
export async function verifyWindows(sys: Reader, places: Places, wish: WindowsWish): Promise<readonly Finding[]> {
  const state = await windowsVariables(sys, places)
  if (state === null) return []
  const left = windowsEdits('shell', places, state, wish)
  const hidden = wish.scope === 'system' ? hiddenByUser(state, wish) : []
  const count = wish.variables.size + wish.paths.length
  if (left.length > 0)
    return [
      {
        id: 'shell.windows',
        severity: 'error',
        note: { key: 'setting:shell.windowsDisagrees', values: { count: left.length } },
        details: left.map(({ target, key, before }) =>
          redact(`${target.path}: ${key}=${typeof before === 'string' ? before : ''}`),
        ),
      },
    ]
  const stored: Finding = {
    id: 'shell.windows',
    severity: 'ok',
    note: { key: 'setting:shell.windowsStored', values: { count } },
  }
  return [stored, ...hidden]
}

/** For this account its own variable wins over the one of the whole machine. */
const hiddenByUser = (state: WindowsVariables, { variables }: WindowsWish): readonly Finding[] =>
  [...variables].flatMap(([name, value]): Finding[] => {
    const own = windowsVariable(state, 'user', name)
    if (own === null || own.value?.value === value) return []
    return [
      {
        id: `shell.windows.${name}`,
        severity: 'warning',
        note: { key: 'setting:shell.windowsHidden', values: { name } },
      },
    ]
  })
