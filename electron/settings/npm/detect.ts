import type { Value } from '../../contract/plan.ts'
import type { Places } from '../../core/places.ts'
import type { Format } from '../../core/setting.ts'
import type { Reader } from '../../core/system.ts'
import { askTool } from '../ask-tool.ts'
import { toBinary } from '../binary.ts'
import { findPrograms } from '../find-program.ts'
import { findLayers, type Layer } from '../layers.ts'
import { readKeys, readOrNull } from '../read-keys.ts'
import { detectShells } from '../shell/detect.ts'
import { npmrcFormat } from './text.ts'
import { yarnrcFormat } from './yarn-text.ts'

/** A file of one of the package managers. Not parsed until somebody asks: a look at the machine goes on. */
export type NpmFile = { path: string; format: Format; bytes: Uint8Array | null }

/** The files of one place (the user's home, a project). `usesYarn`: yarn 2 or later, which does not read npm's file. */
export type Level = { folder: string; npmrc: NpmFile; yarnrc: NpmFile; usesYarn: boolean }

export type NpmState = {
  user: Level
  /** pnpm's own files, which come before the user's .npmrc. */
  pnpm: readonly NpmFile[]
  /** `chosen`: it is what changes. Else the project that surrounds the folder we run in; null without one. */
  project: (Level & { chosen: boolean }) | null
  /** Variables that beat every file. */
  layers: readonly Layer[]
  programs: { npm: string | null; yarn: string | null; pnpm: string | null }
}

/** The keys in a file. Throws `unparsable-file` {path, line}. */
export const keysOf = ({ format, path, bytes }: NpmFile): ReadonlyMap<string, Value> => readKeys(format, path, bytes)

const VARIABLES = new Set(['npm_config_registry', 'NPM_CONFIG_REGISTRY', 'YARN_NPM_REGISTRY_SERVER'])

/** Looks at npm's, yarn's and pnpm's files of the user and of the project, and at what is installed. */
export async function detectNpm(sys: Reader, places: Places, signal: AbortSignal): Promise<NpmState> {
  const [npm, yarn, pnpm] = await Promise.all(
    ['npm', 'yarn', 'pnpm'].map(
      async (name) => (await findPrograms(sys, places, name, places.npm.programs))[0] ?? null,
    ),
  )
  const file = async (path: string, format: Format): Promise<NpmFile> => ({
    path,
    format,
    bytes: await readOrNull(sys, path),
  })
  const yarnrc = await file(places.npm.yarnrc, yarnrcFormat)
  return {
    user: {
      folder: places.home,
      npmrc: await file(places.npm.userconfig, npmrcFormat),
      yarnrc,
      usesYarn: yarnrc.bytes !== null || (yarn != null && (await isModernYarn(sys, places, yarn, signal))),
    },
    pnpm: await Promise.all(places.npm.pnpm.map((path) => file(path, npmrcFormat))),
    project: await detectProject(sys, places, file),
    layers: findLayers(places, await detectShells(sys, places), VARIABLES),
    programs: { npm: npm ?? null, yarn: yarn ?? null, pnpm: pnpm ?? null },
  }
}

/** Asked from `/`, where no project names another yarn; corepack's stand-in must not start a download. */
async function isModernYarn(sys: Reader, places: Places, yarn: string, signal: AbortSignal): Promise<boolean> {
  const env = { COREPACK_ENABLE_NETWORK: '0', YARN_IGNORE_PATH: '1' }
  const { stdout } = await askTool(sys, places, [yarn, '--version'], { cwd: '/', env, timeout: 5000, signal })
  return /^(?:[2-9]|\d{2,})\./.test(stdout.trim())
}

async function detectProject(
  sys: Reader,
  places: Places,
  file: (path: string, format: Format) => Promise<NpmFile>,
): Promise<NpmState['project']> {
  if (places.project === null) return null
  const { chosen } = places.project
  const folder = chosen ? places.project.folder : await projectAround(sys, places.project.folder)
  if (folder === null || `${folder}/.npmrc` === places.npm.userconfig) return null
  const yarnrc = await file(`${folder}/${places.npm.yarnrc.split('/').at(-1) ?? ''}`, yarnrcFormat)
  return {
    folder,
    chosen,
    npmrc: await file(`${folder}/.npmrc`, npmrcFormat),
    yarnrc,
    usesYarn: yarnrc.bytes !== null || (await projectUsesYarn(sys, folder)),
  }
}

/** The nearest folder with a package.json or node_modules, as npm looks for it (@npmcli/config `loadLocalPrefix`). */
async function projectAround(sys: Reader, start: string): Promise<string | null> {
  for (let folder = start; ; folder = folder.slice(0, folder.lastIndexOf('/'))) {
    if (folder === '') return null
    const stats = await Promise.all(
      ['package.json', 'node_modules'].map((name) => sys.lstat(`${folder}/${name}`).catch(() => null)),
    )
    if (stats.some((stat) => stat !== null)) return folder
  }
}

/** A project says it by `packageManager` or by the form of its lock file. */
async function projectUsesYarn(sys: Reader, folder: string): Promise<boolean> {
  const [manifest, lock] = await Promise.all(
    ['package.json', 'yarn.lock'].map((name) => readOrNull(sys, `${folder}/${name}`)),
  )
  const named = manifest ? /"packageManager"\s*:\s*"yarn@(\d+)/.exec(toBinary(manifest))?.[1] : undefined
  return (named !== undefined && Number(named) >= 2) || (lock != null && /^__metadata:/m.test(toBinary(lock)))
}
