import type { Override } from '../../contract/machine.ts'
import type { ShellId } from '../../contract/profile.ts'
import { redact } from '../../core/redact.ts'

/** Something that gives a setting a value. `value` null: built at run time; empty: it counts as not set. */
export type Found = { value: string | null; from: string; shell?: ShellId | null }

/**
 * Layers, the strongest first, as they are shown. The first that holds something and counts everywhere wins; one of
 * a shell wins in a new terminal of it, as long as nothing stronger counts everywhere.
 */
export function override(target: Override['target'], name: string, found: readonly Found[]): Override | null {
  const layers: Override['layers'] = []
  const decided = new Set<ShellId | null>()
  for (const { value, from, shell = null } of found) {
    const wins = value !== '' && !decided.has(null) && !decided.has(shell)
    if (wins) decided.add(shell)
    layers.push({ value: value === null ? null : redact(value), from, shell, wins })
  }
  return layers.length === 0 ? null : { target, name, layers }
}

export const existing = (all: readonly (Override | null)[]): Override[] => all.filter((one) => one !== null)
