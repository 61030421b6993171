import type { Machine } from '../../contract/machine.ts'
import type { Places } from '../../core/places.ts'
import { redact } from '../../core/redact.ts'
import type { Reader } from '../../core/system.ts'
import { findPrograms } from '../find-program.ts'
import { findLayers, type Layer } from '../layers.ts'
import { readOrNull } from '../read-keys.ts'
import { detectShells, type ShellState } from '../shell/detect.ts'
import { ownFiles } from '../shell/families.ts'
import { askGo } from './ask-go.ts'
import { goenvFormat } from './text.ts'
import { GO_VARIABLES } from './variables.ts'

export type GoState = {
  /** The values in the GOENV file. */
  file: ReadonlyMap<string, string>
  bytes: Uint8Array | null
  layers: readonly Layer[]
  /** Go variables in our own env files: they win over everything above. */
  own: ReadonlyMap<string, string>
  installed: readonly { path: string; version: string }[]
  shells: ShellState
}

/** Looks at the GOENV file, at what hides it, and at the installed versions of Go. */
export async function detectGo(sys: Reader, places: Places, signal: AbortSignal): Promise<GoState> {
  const bytes = places.goenv === null ? null : await readOrNull(sys, places.goenv)
  const file = new Map<string, string>()
  for (const [name, value] of goenvFormat.read(bytes)) if (typeof value === 'string') file.set(name, value)
  const shells = await detectShells(sys, places, signal)
  return {
    file,
    bytes,
    shells,
    own: ownValues(places, shells),
    layers: findLayers(places, shells, GO_VARIABLES),
    installed: await installedGo(sys, places, signal),
  }
}

function ownValues(places: Places, shells: ShellState): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  // The user's own win over those of all users.
  for (const { format, path } of [...ownFiles(places, 'system'), ...ownFiles(places, 'user')]) {
    try {
      for (const [key, value] of format.read(shells.files.get(path) ?? null))
        if (key.startsWith('var:') && typeof value === 'string') values.set(key.slice(4), value)
    } catch {
      // Damaged: whoever edits the file refuses it with its line; a look at the machine goes on.
    }
  }
  return values
}

/**
 * The versions of Go on this machine. GOTOOLCHAIN=local and `/` as folder: `go version` would else
 * follow a go.mod and download another one; GOENV=off: a bad GOFLAGS would break it.
 */
async function installedGo(sys: Reader, places: Places, signal: AbortSignal): Promise<GoState['installed']> {
  const known = [
    '/usr/local/go/bin/go',
    `${places.home}/.local/go/bin/go`,
    '/usr/lib/go/bin/go',
    '/snap/bin/go',
    '/opt/homebrew/bin/go',
  ]
  const found: { path: string; version: string }[] = []
  for (const path of await findPrograms(sys, places, 'go', known)) {
    const answer = await askGo(sys, places, [path, 'version'], { timeout: 5000, signal }).catch(() => null)
    signal.throwIfAborted()
    const version = /^go version (?:devel )?(go\S+)/.exec(answer?.stdout ?? '')?.[1]
    if (version !== undefined) found.push({ path, version })
  }
  return found
}

/** The value that a new terminal would use, as far as text can tell: our env file, the environment, the GOENV file. */
export function effective(state: GoState, name: string): string | null {
  // Our own export replaces the one that this process may still have; empty, it lets the file speak.
  const exported =
    state.own.get(name) ?? state.layers.find((layer) => layer.name === name && layer.from === 'environment')?.value
  return [exported, state.file.get(name)?.trim()].find((value) => value) ?? null
}

/** Whether something in front of the GOENV file gives `name` another value; which shells it concerns. */
export function hiders(state: GoState, name: string, wanted: string | null): readonly Layer[] {
  const own = state.own.get(name)
  return state.layers.filter((layer) => {
    if (layer.name !== name || layer.value === '' || layer.value === wanted) return false
    // An environment that holds what our own file sets came from that file.
    return !(layer.from === 'environment' && layer.value === own)
  })
}

/** What `detect` shows about Go. */
export function goFacts(state: GoState, places: Places): Machine['go'] {
  const settings = [...state.file].map(([name, value]) => {
    const hidden = hiders(state, name, value).length > 0
    return { name, value: redact(value), from: places.goenv ?? '', hidden }
  })
  // Two shells may read one file: its line is told once.
  const told = state.layers.filter(
    ({ name, from }, index, all) => all.findIndex((one) => one.name === name && one.from === from) === index,
  )
  const layers = told.map(({ name, value, from }) => ({
    name,
    value: redact(value ?? ''),
    from,
    hidden: false,
  }))
  return { installed: [...state.installed], envFile: places.goenv ?? 'off', settings: [...settings, ...layers] }
}
