import type { Edit, Target } from '../../contract/plan.ts'
import { folderOf } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import { goenvLines, hasBom } from './goenv-lines.ts'
import { lineKey } from './line-text.ts'
import type { Below } from './tool.ts'
import type { World } from './world.ts'

/** What a context says about a variable that decides where Go looks. null: it is not set; undefined: not known. */
export type Ask = (name: string) => string | null | undefined

/** What `go` answers without anybody's settings, and its own folder. */
export type GoTool = { path: string; version: string; root: string; defaults: ReadonlyMap<string, string> }

/**
 * The GOENV file that Go reads in a context (golang/go cmd/go/internal/cfg `EnvFile`): GOENV, else the configuration
 * folder. null: GOENV=off. undefined: not known.
 */
export function goenvOf(ask: Ask, places: Places): string | null | undefined {
  const named = ask('GOENV')
  if (named === 'off') return null
  if (named === undefined) return undefined
  if (named !== null && named !== '') return named
  const config = ask('XDG_CONFIG_HOME')
  if (places.platform !== 'linux') return places.goenv
  if (config === undefined) return undefined
  return config !== null && config !== '' ? `${config}/go/env` : `${folderOf(places.config)}/go/env`
}

/** The lines of the GOENV file, of `$GOROOT/go.env`, and Go's own value, for one variable of Go. */
export function goBelow(name: string, ask: Ask, go: GoTool | null, world: World, places: Places): readonly Below[] {
  const file = goenvOf(ask, places)
  // A GOENV that is built at run time: whatever that file says is not known either.
  const own = file === undefined ? [unknownFile] : file === null ? [] : fileLines(name, file, world)
  const passed: readonly Below[] =
    file === null && name !== 'GOENV' && places.goenv !== null
      ? fileLines(name, places.goenv, world).map((one) => ({
          ...one,
          read: 'unread',
          reason: { key: 'why:reason.goenvOff' },
        }))
      : []
  const root =
    go === null
      ? []
      : rootLines(
          name,
          `${go.root}/go.env`,
          world,
          own.some(({ read }) => read === 'counts'),
        )
  const value = go?.defaults.get(name)
  // What go.env says is what Go answers; its built-in value behind it cannot be asked for.
  const builtIn: readonly Below[] =
    go === null || value === undefined || root.some(({ read }) => read === 'counts')
      ? []
      : [{ kind: 'default', from: `${go.path} (${go.version})`, line: null, value, read: 'counts', removals: [] }]
  return [...own, ...root, ...privateDefault(name, ask, go, world, places), ...builtIn, ...passed]
}

const unknownFile: Below = { kind: 'goenv', from: 'GOENV', line: null, value: null, read: 'unsure', removals: [] }

/** GOPRIVATE is the default of GONOPROXY and GONOSUMDB (go.dev/ref/mod, "Private modules"). */
function privateDefault(name: string, ask: Ask, go: GoTool | null, world: World, places: Places): readonly Below[] {
  if (name !== 'GONOPROXY' && name !== 'GONOSUMDB') return []
  const set = ask('GOPRIVATE')
  const common = {
    kind: 'default' as const,
    from: 'GOPRIVATE',
    line: null,
    reason: { key: 'why:reason.private' },
    removals: [],
  }
  if (set === undefined) return [{ ...common, value: null, read: 'unsure' }]
  const file = goBelow('GOPRIVATE', ask, go, world, places)
  const first =
    set === '' || set === null
      ? file.find(({ value, read }) => read === 'unsure' || (read === 'counts' && value !== ''))
      : undefined
  if (first?.read === 'unsure') return [{ ...common, value: null, read: 'unsure' }]
  const value = set === '' || set === null ? (first?.value ?? '') : set
  return value === '' ? [] : [{ ...common, value, read: 'counts' }]
}

function fileLines(name: string, path: string, world: World): readonly Below[] {
  const bytes = world.at(path)?.bytes ?? null
  if (bytes === null) return []
  const repair = (key: string): Edit => ({ target: lineTarget(path), owner: 'go', key, before: null, after: true })
  const lines = goenvLines(bytes, name).toReversed()
  return lines.map(({ line, value, read, cr }): Below => {
    const problems = [
      ...(read === 'bom' ? [{ key: 'why:problem.bom', values: { path } }] : []),
      ...(cr ? [{ key: 'why:problem.cr', values: { path, line } }] : []),
    ]
    const bom =
      read === 'bom' && hasBom(bytes) ? [{ kind: 'bom' as const, edits: [repair(lineKey('bom', bytes, 1))] }] : []
    const returns = cr ? [{ kind: 'cr' as const, edits: [repair(lineKey('cr', bytes, line))] }] : []
    const remove = read === 'counts' ? [{ kind: 'remove' as const, edits: [removal(name, path, value)] }] : []
    return {
      kind: 'goenv',
      from: path,
      line,
      value,
      read: read === 'counts' ? 'counts' : read === 'bom' ? 'broken' : 'unread',
      ...(read === 'counts' ? {} : { reason: { key: `why:reason.${read}` } }),
      problems,
      removals: [...bom, ...returns, ...remove],
    }
  })
}

function rootLines(name: string, path: string, world: World, inFile: boolean): readonly Below[] {
  const bytes = world.at(path)?.bytes ?? null
  if (bytes === null) return []
  return goenvLines(bytes, name)
    .filter(({ read }) => read === 'counts')
    .map(({ line, value }): Below => {
      const common = { kind: 'goroot' as const, from: path, line, value, removals: [] }
      // Go 1.21: what the GOENV file names, even with nothing behind it, is not looked for here.
      return inFile
        ? { ...common, read: 'unread', reason: { key: 'why:reason.inFile' } }
        : { ...common, read: 'counts' }
    })
}

const lineTarget = (path: string): Target => ({ kind: 'file', path, format: 'line', mode: 0o644, notify: [] })

function removal(key: string, path: string, before: string): Edit {
  const target: Target = { kind: 'file', path, format: 'goenv', mode: 0o644, notify: [] }
  return { target, owner: 'go', key, before, after: null }
}
