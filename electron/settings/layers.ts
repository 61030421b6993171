import { SHELL_IDS, type ShellId } from '../contract/profile.ts'
import type { Places } from '../core/places.ts'
import { findAssignments } from './assignments.ts'
import { toBinary } from './binary.ts'
import type { ShellState } from './shell/detect.ts'
import { envFishPath } from './shell/families.ts'

/**
 * Something that sets a variable in front of a tool's own file. `value` null: built at run time.
 * `shell` null: it counts for every shell (the environment that we run in, a file of all users).
 */
export type Layer = { name: string; value: string | null; from: string; shell: ShellId | null }

/** Everything that sets one of `names` in a shell's files or the environment, by text. Our own files are not among it. */
export function findLayers(places: Places, shells: ShellState, names: ReadonlySet<string>): readonly Layer[] {
  const layers: Layer[] = []
  const scan = (path: string, shell: ShellId | null): void => {
    const bytes = shells.files.get(path) ?? null
    if (bytes === null) return
    for (const { name, value, line } of findAssignments(toBinary(bytes), names))
      layers.push({ name, value, from: `${path}:${line}`, shell })
  }
  const ownFish = envFishPath(places)
  for (const path of shells.system) scan(path, null)
  for (const id of SHELL_IDS) for (const path of shells.user[id]) if (path !== ownFish) scan(path, id)
  for (const path of shells.fishExtra) scan(path, 'fish')
  for (const [name, value] of Object.entries(places.environment))
    if (names.has(name)) layers.push({ name, value, from: 'environment', shell: null })
  return layers
}
