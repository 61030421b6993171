import { create } from 'zustand'
import { checkName, checkPathEntry, checkValue, type Reason } from '../../electron/contract/grammar.ts'
import type { Machine } from '../../electron/contract/machine.ts'
import { type Profile, SHELL_IDS, type ShellId } from '../../electron/contract/profile.ts'
import { isLocked, useWizard } from './wizard.ts'

export const SHELLS: readonly ShellId[] = SHELL_IDS

/** A row as it is typed. `id` keeps the fields apart while names change. */
export type Row = { id: number; name: string; value: string }
export type PathRow = { id: number; text: string }
/** `in-sources`: the page of the sources decides over this variable. */
export type RowProblem = { field: 'name' | 'value'; reason: Reason | 'given-twice' | 'in-sources' }

type EnvironmentStore = {
  rows: readonly Row[]
  paths: readonly PathRow[]
  /** Takes over what the choices hold, unless these very rows mean it already. */
  start(profile: Profile): void
  changeRows(rows: readonly Row[]): void
  changePaths(paths: readonly PathRow[]): void
  toggleShell(shell: ShellId, installed: readonly ShellId[]): void
  chooseScope(scope: 'user' | 'system'): void
}

let lastId = 0
export const newRow = (name = '', value = ''): Row => ({ id: ++lastId, name, value })
export const newPath = (text = ''): PathRow => ({ id: ++lastId, text })

/** Changes `env` in the choices; an empty part goes, so that a profile says only what was wanted. */
function editEnv(change: (env: NonNullable<Profile['env']>) => NonNullable<Profile['env']>): void {
  useWizard.getState().edit(({ env = {}, ...profile }) => {
    const { set, path, shells, scope } = change(env)
    const kept = {
      ...(scope === undefined ? {} : { scope }),
      ...(shells === undefined ? {} : { shells }),
      ...(set === undefined || Object.keys(set).length === 0 ? {} : { set }),
      ...(path === undefined || path.length === 0 ? {} : { path }),
    }
    return Object.keys(kept).length === 0 ? profile : { ...profile, env: kept }
  })
}

const closed = (field: string) => isLocked(useWizard.getState().opened?.locked ?? [], field)

/** The fields of the environment page. What is usable goes into the choices at once. */
export const useEnvironment = create<EnvironmentStore>((set, get) => ({
  rows: [],
  paths: [],
  start(profile) {
    const wanted = profile.env?.set ?? {}
    const paths = profile.env?.path ?? []
    const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
    if (!same(usableRows(get().rows, profile), wanted))
      set({ rows: Object.entries(wanted).map(([name, value]) => newRow(name, value)) })
    if (!same(usablePaths(get().paths), paths)) set({ paths: paths.map(newPath) })
  },
  changeRows(rows) {
    set({ rows })
    if (!closed('env.set')) editEnv((env) => ({ ...env, set: usableRows(rows, useWizard.getState().profile) }))
  },
  changePaths(paths) {
    set({ paths })
    if (!closed('env.path')) editEnv((env) => ({ ...env, path: usablePaths(paths) }))
  },
  toggleShell(shell, installed) {
    if (closed('env.shells')) return
    editEnv((env) => {
      const now = env.shells ?? [...installed]
      const shells = now.includes(shell) ? now.filter((one) => one !== shell) : [...now, shell]
      return { ...env, shells: SHELLS.filter((one) => shells.includes(one)) }
    })
  },
  chooseScope(scope) {
    if (closed('env.scope')) return
    // One's own is what a profile means without a word.
    editEnv(({ set, path, shells }) => ({
      ...(scope === 'user' ? {} : { scope }),
      ...(set === undefined ? {} : { set }),
      ...(path === undefined ? {} : { path }),
      ...(shells === undefined ? {} : { shells }),
    }))
  },
}))

/** How many variables and folders of one's own are chosen. */
export const ownCount = (env: Profile['env']): number => Object.keys(env?.set ?? {}).length + (env?.path?.length ?? 0)

/** Variables that the profile's own fields set already, or that are locked there; setting them twice is refused by the plan. */
function inSources({ sources, private: patterns }: Profile): readonly string[] {
  return [
    ...(sources?.go === undefined && !closed('sources.go') ? [] : ['GOPROXY']),
    ...(sources?.sumdb === undefined && !closed('sources.sumdb') ? [] : ['GOSUMDB']),
    ...(patterns === undefined && !closed('private') ? [] : ['GOPRIVATE']),
  ]
}

/** What is wrong with a row; null also for one that is still empty. */
export function rowProblem(row: Row, rows: readonly Row[], profile: Profile): RowProblem | null {
  const name = row.name.trim()
  if (name === '' && row.value === '') return null
  const reason = checkName(name)
  if (reason !== null) return { field: 'name', reason }
  if (inSources(profile).includes(name)) return { field: 'name', reason: 'in-sources' }
  const first = rows.find((one) => one.name.trim() === name)
  if (first !== row) return { field: 'name', reason: 'given-twice' }
  const wrong = checkValue(name, row.value)
  return wrong === null ? null : { field: 'value', reason: wrong }
}

export function usableRows(rows: readonly Row[], profile: Profile): Record<string, string> {
  const good = rows.filter((row) => row.name.trim() !== '' && rowProblem(row, rows, profile) === null)
  return Object.fromEntries(good.map(({ name, value }) => [name.trim(), value]))
}

export const pathProblem = ({ text }: PathRow): Reason | null =>
  text.trim() === '' ? null : checkPathEntry(text.trim())

export const usablePaths = (paths: readonly PathRow[]): string[] => [
  ...new Set(
    paths.flatMap((path) => (path.text.trim() !== '' && pathProblem(path) === null ? [path.text.trim()] : [])),
  ),
]

/** One place that sets a variable; `wins`: this is the value that a new terminal sees, as far as files tell. */
export type Layer = { value: string; from: string; wins: boolean }
export type Setting = {
  name: string
  /** What it will be. `keep`: nothing is asked; `auto` is settled when the plan is made. */
  wanted: { kind: 'keep' } | { kind: 'auto' } | { kind: 'default' } | { kind: 'value'; value: string }
  layers: readonly Layer[]
}

/** Go's variables that will be set or are set now, with every place that sets them. */
export function goSettings(profile: Profile, machine: Machine | null): readonly Setting[] {
  const { go, sumdb } = profile.sources ?? {}
  const wanted = new Map<string, Setting['wanted']>()
  if (go !== undefined)
    wanted.set(
      'GOPROXY',
      go === 'auto' ? { kind: 'auto' } : go === 'official' ? { kind: 'default' } : { kind: 'value', value: go },
    )
  if (sumdb !== undefined)
    wanted.set('GOSUMDB', sumdb === 'default' ? { kind: 'default' } : { kind: 'value', value: sumdb })
  if (profile.private !== undefined)
    wanted.set(
      'GOPRIVATE',
      profile.private.length === 0 ? { kind: 'default' } : { kind: 'value', value: profile.private.join(',') },
    )
  const set = profile.env?.set ?? {}
  const now = machine?.go.settings ?? []
  const names = [...new Set([...wanted.keys(), ...now.map(({ name }) => name)])]
  return names.map((name) => {
    const own = set[name]
    return {
      name,
      wanted: wanted.get(name) ?? (own === undefined ? { kind: 'keep' } : { kind: 'value', value: own }),
      layers: layersOf(
        now.filter((one) => one.name === name),
        machine?.go.envFile ?? '',
      ),
    }
  })
}

/** The environment beats the shells' files, these beat Go's own file; an empty value lets the next one speak. */
function layersOf(found: Machine['go']['settings'], envFile: string): readonly Layer[] {
  const rank = (from: string) => (from === 'environment' ? 0 : from === envFile ? 2 : 1)
  const sorted = found.toSorted((a, b) => rank(a.from) - rank(b.from))
  const winner = sorted.find(({ value }) => value !== '')
  return sorted.map((layer) => ({ value: layer.value, from: layer.from, wins: layer === winner }))
}
