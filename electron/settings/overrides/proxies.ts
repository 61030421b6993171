import type { Override } from '../../contract/machine.ts'
import { SHELL_IDS, type ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import { findAssignments } from '../assignments.ts'
import { toBinary } from '../binary.ts'
import { type ShellState } from '../shell/detect.ts'
import { existing, type Found, override } from './layers.ts'

/** Both spellings: some programs read only one of them, and none prefers the same. */
const NAMES: ReadonlySet<string> = new Set(
  ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'].flatMap((name) => [name, name.toUpperCase()]),
)

/** Who sets the proxy variables: the environment, then the shells' files, then those of all users. */
export function proxyOverrides(places: Places, shells: ShellState): Override[] {
  const found = new Map<string, Found[]>()
  const put = (name: string, one: Found): void => void found.set(name, [...(found.get(name) ?? []), one])
  for (const [name, value] of Object.entries(places.environment))
    if (NAMES.has(name)) put(name, { value, from: 'environment' })
  const scan = (path: string, shell: ShellId | null): void => {
    const bytes = shells.files.get(path) ?? null
    if (bytes === null) return
    // The last line of a file counts.
    for (const { name, value, line } of findAssignments(toBinary(bytes), NAMES).toReversed())
      put(name, { value, from: `${path}:${line}`, shell })
  }
  for (const id of SHELL_IDS) for (const path of shells.user[id].toReversed()) scan(path, id)
  for (const path of shells.system.toReversed()) scan(path, null)
  return existing([...NAMES].map((name) => override('proxy', name, found.get(name) ?? [])))
}
