import type { Override } from '../../contract/machine.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { askTool } from '../ask-tool.ts'
import { toBinary } from '../binary.ts'
import { keysOf, type NpmFile, type NpmState } from '../npm/detect.ts'
import { expandNpm, npmrcFormat } from '../npm/text.ts'
import { readOrNull } from '../read-keys.ts'
import { existing, type Found, override } from './layers.ts'

/** yarn 2 and later does not ask npm's variables. */
const VARIABLES = /^npm_config_registry$/i

/**
 * Who tells npm its registries, the default one and those of scopes: variables, the project, the user, all users
 * (npm's documentation, "npmrc"; its built-in file is its default).
 */
export async function npmOverrides(
  sys: Reader,
  places: Places,
  state: NpmState,
  signal: AbortSignal,
): Promise<Override[]> {
  const shared = await sharedFile(sys, places, state, signal)
  const files = [state.project?.npmrc ?? null, state.user.npmrc, shared].flatMap((file) => (file ? [read(file)] : []))
  const names = new Set(files.flatMap(({ keys }) => [...keys.keys()]).filter((key) => /^(@[^:]+:)?registry$/.test(key)))
  const variables = state.layers
    .filter(({ name }) => VARIABLES.test(name))
    .map(({ value, from, shell }): Found => ({ value, from, shell }))
  return existing(
    ['registry', ...[...names].filter((name) => name !== 'registry').toSorted()].map((name) =>
      override('npm', name, [
        ...(name === 'registry' ? variables : []),
        ...files.flatMap(({ file, keys }): Found[] => {
          const value = keys.get(name)
          return value === undefined ? [] : [{ value: expandNpm(value, places.environment), from: place(file, name) }]
        }),
      ]),
    ),
  )
}

type Keys = ReadonlyMap<string, string>

/** A file that nobody can parse sets nothing: whoever edits it says so. */
function read(file: NpmFile): { file: NpmFile; keys: Keys } {
  try {
    const keys = [...keysOf(file)].flatMap(([key, value]) => (typeof value === 'string' ? [[key, value] as const] : []))
    return { file, keys: new Map(keys) }
  } catch {
    return { file, keys: new Map() }
  }
}

/** The last line of a key counts. */
function place({ path, bytes }: NpmFile, name: string): string {
  const lines = bytes === null ? [] : toBinary(bytes).split('\n')
  return `${path}:${lines.findLastIndex((line) => line.split('=')[0]?.trim() === name) + 1}`
}

/** The file of all users lies where npm was installed to, so npm is asked. */
async function sharedFile(
  sys: Reader,
  places: Places,
  { programs: { npm } }: NpmState,
  signal: AbortSignal,
): Promise<NpmFile | null> {
  if (npm === null) return null
  const env = { npm_config_cache: '/dev/null/cache', npm_config_logs_max: '0', npm_config_update_notifier: 'false' }
  const { code, stdout } = await askTool(sys, places, [npm, 'config', 'get', 'globalconfig'], { cwd: '/', env, signal })
  const path = stdout.trim()
  if (code !== 0 || !path.startsWith('/')) return null
  return { path, format: npmrcFormat, bytes: await readOrNull(sys, path) }
}
