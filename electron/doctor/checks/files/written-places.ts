import { SHELL_IDS } from '../../../contract/profile.ts'
import { folderOf, under } from '../../../core/paths.ts'
import type { Places } from '../../../core/places.ts'
import type { Reader, Stat } from '../../../core/system.ts'
import { ownFiles } from '../../../settings/shell/families.ts'

/** A file or folder that we or the tools write. `ours`: nobody else keeps anything there. */
export type Written = {
  /** The name that the person knows, and the file behind its links. */
  path: string
  real: string
  stat: Stat
  ours: boolean
  /** The cache whose inside it is: what is wrong with several of these is one finding. */
  cache: string | null
}

type Name = { path: string; ours: boolean; cache: string | null }

/** Every such place of this user that exists inside the home, the outer ones first. */
export async function writtenPlaces(sys: Reader, places: Places): Promise<readonly Written[]> {
  const home = await sys.resolve(places.home).catch(() => places.home)
  const names = [...namesOf(places), ...(await insides(sys, places))]
  const all = await Promise.all(names.map((name) => standing(sys, name)))
  const found = new Map<string, Written>()
  // A dotfile may be a link into a store or a share that belongs to somebody else on purpose.
  for (const one of all)
    if (one !== null && one.real.startsWith(`${home}/`) && !found.has(one.real)) found.set(one.real, one)
  return [...found.values()].toSorted((a, b) => a.real.length - b.real.length)
}

async function standing(sys: Reader, name: Name): Promise<Written | null> {
  try {
    const real = await sys.resolve(name.path)
    const stat = await sys.lstat(real)
    return stat === null ? null : { ...name, real, stat }
  } catch {
    // Nobody looks behind a closed folder; that one is on the list itself.
    return null
  }
}

function namesOf(places: Places): readonly Name[] {
  const { home, docker, npm, pip, environmentD } = places
  const files = [
    places.netrc,
    npm.userconfig,
    npm.yarnrc,
    ...(places.goenv === null ? [] : [places.goenv]),
    ...pip.user,
    under(docker.configDir, 'config.json'),
    ...SHELL_IDS.flatMap((id) => places.shells[id].files),
  ]
  const caches = cachesOf(places)
  const folders = [
    ...[places.config, places.state, places.cache, ...files, ...caches].flatMap((path) => foldersTo(path, home)),
    docker.configDir,
    ...caches,
  ]
  const own = [places.state, places.config, places.cache, ...ownFiles(places, 'user').map(({ path }) => path)]
  if (environmentD !== null) own.push(environmentD.file)
  return [
    ...own.map((path) => ({ path, ours: true, cache: null })),
    ...[...files, ...folders].map((path) => ({ path, ours: false, cache: null })),
  ]
}

/** The folders between the home and a path. */
function foldersTo(path: string, home: string): readonly string[] {
  const found: string[] = []
  for (let at = folderOf(path); at.startsWith(`${home}/`); at = folderOf(at)) found.push(at)
  return found
}

/** Go's folders and caches and npm's, as far as the environment and the tools' own defaults name them. */
export function cachesOf({ environment, home, cache }: Places): readonly string[] {
  const named = (name: string, other: string): string => {
    const value = environment[name]
    return value?.startsWith('/') === true ? value : other
  }
  const gopath = named('GOPATH', `${home}/go`).split(':')[0] ?? ''
  const npm = Object.keys(environment).find((name) => /^npm_config_cache$/i.test(name)) ?? ''
  return [
    gopath,
    `${gopath}/bin`,
    named('GOMODCACHE', `${gopath}/pkg/mod`),
    named('GOCACHE', `${folderOf(cache)}/go-build`),
    named(npm, `${home}/.npm`),
  ]
}

/** How many entries of one cache's folder are looked at. */
const MOST = 600

/** What lies directly in a cache, and in npm's own store one folder below. (Our records of root's runs are root's.) */
async function insides(sys: Reader, places: Places): Promise<readonly Name[]> {
  const [, , modules = '', build = '', npm = ''] = cachesOf(places)
  const folders = [
    { folder: `${modules}/cache`, cache: modules },
    { folder: `${modules}/cache/download`, cache: modules },
    { folder: build, cache: build },
    { folder: npm, cache: npm },
    { folder: `${npm}/_cacache`, cache: npm },
  ]
  const all = await Promise.all(
    folders.map(async ({ folder, cache }) => {
      const names = await sys.list(folder).catch(() => [])
      return names.slice(0, MOST).map((name): Name => ({ path: under(folder, name), ours: false, cache }))
    }),
  )
  return all.flat()
}
