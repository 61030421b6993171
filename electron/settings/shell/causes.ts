import type { Places } from '../../core/places.ts'
import { decode, splitLines, toBinary } from '../binary.ts'
import { findLayers } from '../layers.ts'
import type { ShellState } from './detect.ts'
import type { Scope } from './families.ts'
import type { ShellId } from '../../contract/profile.ts'

/**
 * What makes a fresh shell answer `found` for `name`, as `FILE:LINE`: the last line that its files set it on, else
 * the line on which one of them ends early. null: the text shows nothing.
 */
export function causeOf(
  places: Places,
  state: ShellState,
  id: ShellId,
  name: string,
  found: string | undefined,
): string | null {
  const layers = findLayers(places, state, new Set([name])).filter(
    ({ shell, from }) => (shell === null || shell === id) && from !== 'environment',
  )
  const winner = layers.findLast(({ value }) => value === found) ?? layers.findLast(({ value }) => value === null)
  return winner?.from ?? leftAt(state, id)
}

/**
 * How bad it is that a shell answers otherwise. What is for all users may be set otherwise by a user himself: his own
 * lines win on purpose, and that is told, but nothing has failed.
 */
export function severityOf(places: Places, scope: Scope, causes: readonly (string | null)[]): 'error' | 'warning' {
  const own = causes.every((cause) => cause?.startsWith(`${places.home}/`) === true)
  return scope === 'system' && own ? 'warning' : 'error'
}

// `PATH=` whose value does not hold what PATH was before; the last two are csh's and fish's.
const REPLACES_PATH =
  /^\s*(?:(?:export\s+|typeset\s+-gx\s+)?(?:PATH|path)=(?!.*\$\{?(?:PATH|path)\b)|(?:setenv\s+PATH\s|set\s+path\s*=)(?!.*\$\{?(?:PATH|path)\b)|set\s+-\w+\s+PATH\s(?!.*\$PATH\b))/

/** Where a folder was lost from PATH: the last line that gives PATH a whole new value. */
export function causeOfPath(state: ShellState, id: ShellId): string | null {
  return lastLine(state, id, (line) => REPLACES_PATH.test(line)) ?? leftAt(state, id)
}

/** An unindented line that leaves a file (or the whole shell) before what stands below it. */
const leftAt = (state: ShellState, id: ShellId): string | null =>
  lastLine(state, id, (line) => /^(?:exec|exit|return)\b/.test(line))

function lastLine(state: ShellState, id: ShellId, fits: (line: string) => boolean): string | null {
  // What all users share is read before the user's own, but for fish.
  const shared = id === 'fish' ? [...state.fishExtra, ...state.system.filter((path) => path.endsWith('.fish'))] : []
  const files = [...state.user[id], ...shared]
  const found = files.flatMap((path) => {
    const bytes = state.files.get(path) ?? null
    const lines = bytes === null ? [] : splitLines(toBinary(bytes))
    return lines.flatMap((line, index) => (fits(decode(line)) ? [`${path}:${index + 1}`] : []))
  })
  return found.at(-1) ?? null
}
