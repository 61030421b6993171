import { NO_POLICY, type Policy, retriesOf, waitFor } from '../../core/patience.ts'
import type { Places } from '../../core/places.ts'
import type { ExecOptions, Reader } from '../../core/system.ts'
import { encode, fromBinary } from '../binary.ts'
import { findPrograms, PLAIN_PATH } from '../find-program.ts'
import { releaseFacts } from './detect.ts'

/** One thing that apt asked for: `Get:1 http://host/debian bookworm InRelease`. */
export type Asked = { state: 'Get' | 'Hit' | 'Ign' | 'Err'; uri: string; suite: string }

/** What an `apt-get update` came to. */
export type Updated = {
  code: number | null
  asked: readonly Asked[]
  /** apt's own lines of errors and warnings. */
  messages: readonly string[]
  /** The date of each verified InRelease by its name in the lists (see `listName`). */
  dates: ReadonlyMap<string, Date>
}

/** Milliseconds. Lists of a whole Ubuntu are 20 MB and more. */
export const FULL_TIMEOUT = 180_000
const RELEASE_TIMEOUT = 60_000

/** `apt-get` where it is installed. */
export async function findAptGet(sys: Reader, places: Places): Promise<string | null> {
  return (await findPrograms(sys, places, 'apt-get', ['/usr/bin/apt-get', '/bin/apt-get']))[0] ?? null
}

/** Settings of every run: a dead server must not hold it up for the two minutes that are apt's default. */
export function limits(policy: Policy): readonly string[] {
  const seconds = Math.ceil(waitFor('apt', policy) / 1000)
  const timeouts = ['http', 'https'].map((scheme) => `Acquire::${scheme}::Timeout=${seconds}`)
  return ['quiet=1', `Acquire::Retries=${retriesOf(policy)}`, ...timeouts]
}

/** The environment of every run: messages in English, and the proxies that are set here. */
export function aptEnvironment({ environment }: Places): Record<string, string> {
  const proxies = Object.entries(environment).filter(([name]) => /^(https?|ftp|all|no)_proxy$/i.test(name))
  return { ...Object.fromEntries(proxies), PATH: PLAIN_PATH, LC_ALL: 'C' }
}

/**
 * `apt-get update` on copies of some files of sources, with lists and caches in a folder that goes away: apt's
 * own are not touched and no rights are needed. Keys, proxies and credentials are the machine's (or those under
 * `--root`); its hooks do not run. `indexes`: the lists of packages as well, not the signed InRelease alone.
 * null: there is no apt-get.
 */
export async function updateCopy(
  sys: Reader,
  places: Places,
  files: readonly { path: string; bytes: Uint8Array }[],
  indexes: boolean,
  signal: AbortSignal,
  policy: Policy = NO_POLICY,
): Promise<Updated | null> {
  const program = await findAptGet(sys, places)
  if (program === null || /["\\\n]/.test(places.root)) return null
  const copies = files.map(({ path, bytes }, at) => [`${at}${path.endsWith('.sources') ? '.sources' : '.list'}`, bytes])
  const scratch = { ...Object.fromEntries(copies), status: new Uint8Array() }
  const included = await ownConfiguration(sys, places)
  return sys.withScratch(scratch, (folder) =>
    sys.withScratch({ 'apt.conf': configuration(folder, places, included, indexes) }, async (config) => {
      const answer = await ask(sys, [program, 'update', ...limits(policy).flatMap((one) => ['-o', one])], {
        env: { ...aptEnvironment(places), APT_CONFIG: `${config}/apt.conf` },
        cwd: '/',
        timeout: indexes ? FULL_TIMEOUT : RELEASE_TIMEOUT,
        signal,
      })
      return { ...parseUpdate(answer), dates: await datesIn(sys, `${folder}/lists`) }
    }),
  )
}

/** apt's configuration files that are there. */
async function ownConfiguration(sys: Reader, { apt }: Places): Promise<readonly string[]> {
  const found: string[] = []
  if ((await sys.lstat(`${apt.folder}/apt.conf.d`))?.kind === 'dir') found.push(`${apt.folder}/apt.conf.d/`)
  if (await sys.lstat(`${apt.folder}/apt.conf`)) found.push(`${apt.folder}/apt.conf`)
  return found
}

/** In apt.conf(5)'s words. What stands later wins, and hooks would act on the machine. */
function configuration(folder: string, { root }: Places, included: readonly string[], indexes: boolean): Uint8Array {
  const hooks = ['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success', 'Post-Invoke-Stats']
  const lines = [
    `Dir "${root.replace(/\/*$/, '/')}";`,
    ...included.map((path) => `#include "${path}";`),
    `Dir::State "${folder}/";`,
    'Dir::State::lists "lists/";',
    `Dir::State::status "${folder}/status";`,
    `Dir::Cache "${folder}/";`,
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    'Dir::Etc::sourcelist "/dev/null";',
    `Dir::Etc::sourceparts "${folder}/";`,
    ...hooks.map((hook) => `#clear APT::Update::${hook};`),
    ...(indexes ? [] : ['#clear Acquire::IndexTargets;']),
  ]
  return fromBinary(encode(`${lines.join('\n')}\n`))
}

type Answer = { code: number | null; stdout: string; stderr: string }

/** Starts apt-get; one that can't be started or is out of time has failed with that text. */
export async function ask(
  sys: Pick<Reader, 'query'>,
  argv: readonly [string, ...string[]],
  options: ExecOptions,
): Promise<Answer> {
  try {
    return await sys.query(argv, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    return { code: null, stdout: '', stderr: `E: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** What apt-get has asked and what it complained of, out of its output with LC_ALL=C. */
export function parseUpdate({ code, stdout, stderr }: Answer): Omit<Updated, 'dates'> {
  const asked = [...stdout.matchAll(/^(Get|Hit|Ign|Err):\d+ (\S+) (\S+) /gm)].map(
    ([, state, uri = '', suite = '']): Asked => ({ state: stateOf(state), uri, suite }),
  )
  const messages = stderr.split('\n').filter((line) => /^[EW]: /.test(line))
  return { code, asked, messages }
}

const stateOf = (text: string | undefined): Asked['state'] =>
  text === 'Get' || text === 'Hit' || text === 'Err' ? text : 'Ign'

async function datesIn(sys: Reader, lists: string): Promise<ReadonlyMap<string, Date>> {
  const dates = new Map<string, Date>()
  for (const name of await sys.list(lists).catch(() => [])) {
    if (!name.endsWith('_InRelease')) continue
    const { date } = releaseFacts(await sys.readFile(`${lists}/${name}`))
    if (date) dates.set(name, date)
  }
  return dates
}

/** Complaints about content; a notice that a key is kept in an old place is none. */
const SERIOUS =
  /failed to fetch|GPG error|not signed|signature verification|no longer signed|does not have a Release|have the component|expired|not valid yet|changed its|Hash Sum mismatch/i

/**
 * Why an update failed for the sources at `uris`; empty when it did not. Other sources may fail: they are not
 * ours to judge. What concerns none in particular (no space, a lock, a file that apt can't read) counts.
 */
export function complaints(
  { code, asked, messages }: Omit<Updated, 'dates'>,
  uris: readonly string[],
): readonly string[] {
  const names = uris.map((uri) => uri.replace(/^"|"$/g, '').replace(/\/+$/, ''))
  const isOurs = (text: string): boolean => names.some((name) => new RegExp(`${escape(name)}(?:[ /']|$)`).test(text))
  const isAnyones = (text: string): boolean => /[a-z]+:\/\//.test(text)
  const errors = asked.filter(({ state, uri }) => state === 'Err' && isOurs(uri))
  const about = messages.filter((line) => (line.startsWith('E: ') || SERIOUS.test(line)) && isOurs(line))
  if (errors.length > 0 || about.length > 0)
    return about.length > 0 ? about : errors.map(({ uri, suite }) => `Err: ${uri} ${suite}`)
  if (code === 0 || messages.some((line) => line.startsWith('E: ') && isAnyones(line))) return []
  return messages.length > 0 ? messages : [`apt-get update: ${code ?? 'no answer'}`]
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
