import type { Places } from '../../../core/places.ts'
import { folderOf } from '../../../core/paths.ts'
import type { Reader } from '../../../core/system.ts'
import { encode, fromBinary, toBinary } from '../../../settings/binary.ts'
import { aptEnvironment, findAptGet } from '../../../settings/apt/apt-get.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import { explain } from '../../explain/recognise.ts'

/** The first thing that apt says of its sources. `number`: the line of a list, the stanza of a .sources file. */
export type Complaint = {
  kind: 'malformed' | 'signed-by' | 'other'
  path: string | null
  number: number
  text: string
}

const MALFORMED =
  /^(?:E|Error): (?:Malformed \w+ (?<entry>\d+) in [^/]*|Type '.*' is not known on (?:line|stanza) (?<line>\d+) in [^/]*)(?<path>\/.+?)(?: \([^()]*\))?$/

/** What follows from another line, and what is not about the sources. */
const FOLLOWS = /The list of sources could not be read|are you root|Permission denied|lock/i

/** Lets apt read all its sources as it would for an update. null: there is no apt-get, or it gave no answer. */
export async function askSources(
  sys: Reader,
  places: Places,
  signal: AbortSignal,
): Promise<readonly Complaint[] | null> {
  const answer = await query(sys, places, 'indextargets', signal)
  if (answer === null) return null
  const lines = answer.stderr.split('\n').filter((line) => /^(?:E|Error): /.test(line) && !FOLLOWS.test(line))
  return lines.map((text): Complaint => {
    const { entry, line, path } = MALFORMED.exec(text)?.groups ?? {}
    if (path !== undefined) return { kind: 'malformed', path, number: Number(entry ?? line), text }
    const cause = explain(text)[0]?.cause
    return { kind: cause === 'apt-signed-by' ? 'signed-by' : 'other', path: null, number: 0, text }
  })
}

/** How dpkg marks a package that it has not brought to its end, which is what lacks something. */
const UNFINISHED = /^Status: \S+ \S+ (?:unpacked|half-configured|half-installed)$/m

/**
 * Whether something that is installed lacks what it needs. False also where apt gave no answer in time: it builds all
 * its lists in memory for this, so it is only asked where dpkg has left something unfinished.
 */
export async function askState(sys: Reader, places: Places, signal: AbortSignal): Promise<boolean> {
  const status = await readOrNull(sys, `${folderOf(places.apt.architectures)}/status`)
  if (status === null || !UNFINISHED.test(toBinary(status))) return false
  const answer = await query(sys, places, 'check', signal)
  if (answer === null || answer.code === 0) return false
  return /^(?:E|Error): Unmet dependencies/m.test(answer.stderr)
}

/** Takes no lock and writes nothing: caches are built in memory, and what apt would keep goes away with a folder. */
async function query(
  sys: Reader,
  places: Places,
  command: 'indextargets' | 'check',
  signal: AbortSignal,
): Promise<{ code: number | null; stdout: string; stderr: string } | null> {
  const program = await findAptGet(sys, places)
  if (program === null || /["\\\n]/.test(places.root)) return null
  const { folder } = places.apt
  const included: string[] = []
  if ((await sys.lstat(`${folder}/apt.conf.d`))?.kind === 'dir') included.push(`${folder}/apt.conf.d/`)
  if (await sys.lstat(`${folder}/apt.conf`)) included.push(`${folder}/apt.conf`)
  const lines = [
    `Dir "${places.root.replace(/\/*$/, '/')}";`,
    ...included.map((path) => `#include "${path}";`),
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    'Dir::Cache "/nonexistent/";',
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    'Debug::NoLocking "1";',
  ]
  const configuration = fromBinary(encode(`${lines.join('\n')}\n`))
  return sys.withScratch({ 'apt.conf': configuration }, async (scratch) => {
    const env = { ...aptEnvironment(places), APT_CONFIG: `${scratch}/apt.conf` }
    return sys.query([program, command], { env, cwd: '/', timeout: 4000, signal }).catch(() => null)
  })
}
