import type { EnvScope } from '../../contract/plan.ts'
import { envTarget } from '../../core/env.ts'
import type { EnvEntry } from '../../core/system.ts'
import { windowsVariable, type WindowsVariables } from '../shell/windows.ts'
import type { Context, Set } from './contexts.ts'

/** A variable that Windows keeps for its programs. */
export type RegistryLayer = { kind: 'registry'; from: string; scope: EnvScope; entry: EnvEntry }

/**
 * What every program gets that is started anew on Windows, terminal or not: the user's variables, and behind them the
 * machine's. PATH is both, the machine's folders first ("Environment Variables", Win32).
 */
export function windowsContext(windows: WindowsVariables): Context {
  const found = (scope: EnvScope, name: string): readonly RegistryLayer[] => {
    const entry = windowsVariable(windows, scope, name)
    return entry === null ? [] : [{ kind: 'registry', from: envTarget(scope, entry.name).path, scope, entry }]
  }
  return {
    id: 'new',
    kind: 'new',
    shell: null,
    start: null,
    ask(name) {
      const [first] = [...found('user', name), ...found('system', name)]
      return first === undefined ? null : (told(first.entry) ?? undefined)
    },
    entries(name) {
      const layers = isPath(name)
        ? [...found('system', name), ...found('user', name)]
        : [...found('user', name), ...found('system', name)]
      return { entries: layers.map((of, index) => setOf(of, isPath(name) && index > 0)), how: 'text' }
    },
  }
}

const isPath = (name: string): boolean => name.toUpperCase() === 'PATH'

function setOf(of: RegistryLayer, behind: boolean): Set {
  if (of.entry.value === null) return { of, value: null, read: 'broken', reason: { key: 'why:reason.notText' } }
  if (behind) return { of, value: told(of.entry), read: 'hidden', reason: { key: 'why:reason.pathBehind' } }
  return { of, value: told(of.entry), read: 'counts' }
}

/** null: Windows puts other variables into it when a program starts. */
const told = ({ value }: EnvEntry): string | null =>
  value === null || (value.type === 'REG_EXPAND_SZ' && value.value.includes('%')) ? null : value.value
