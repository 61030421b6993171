import type { Machine } from '../../contract/machine.ts'
import { SHELL_IDS, type ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { toBinary } from '../binary.ts'
import { findPrograms, PLAIN_PATH } from '../find-program.ts'
import { readOrNull } from '../read-keys.ts'

/** The program's name, where it is not the shell's own. */
const PROGRAM: Partial<Record<ShellId, string>> = { powershell: 'pwsh' }

export type InstalledShell = { id: ShellId; path: string; login: boolean }

export type ShellState = {
  installed: readonly InstalledShell[]
  /** Every file that a shell of this user reads, by path; null where there is none. */
  files: ReadonlyMap<string, Uint8Array | null>
  /** fish's conf.d (but not our file) and its store of universal variables, in reading order. */
  fishExtra: readonly string[]
  /** The files of all users, with folders replaced by what lies in them. */
  system: readonly string[]
}

/** The files of ours that the shells read. */
export const envShPath = (places: Places): string => `${places.config}/env.sh`

const named = (files: readonly string[], name: string): string | null =>
  files.findLast((path) => path.endsWith(`/${name}`)) ?? null

export const envFishPath = (places: Places): string | null => named(places.shells.fish.files, 'goready.fish')
export const configFishPath = (places: Places): string | null => named(places.shells.fish.files, 'config.fish')

/** Looks at the installed shells and at the text of the files that they read. Runs nothing. */
export async function detectShells(sys: Reader, places: Places): Promise<ShellState> {
  const login = await loginShell(sys, places)
  const installed: InstalledShell[] = []
  for (const id of SHELL_IDS.slice(0, 3)) {
    const [path] = await findPrograms(sys, places, PROGRAM[id] ?? id, places.shells[id].programs)
    if (path !== undefined) installed.push({ id, path, login: login?.split('/').at(-1) === id })
  }
  const fishExtra = await fishFiles(sys, places)
  const system = await systemFiles(sys, places)
  const own = [envShPath(places), envFishPath(places)].filter((path) => path !== null)
  const user = SHELL_IDS.flatMap((id) => places.shells[id].files)
  const files = new Map<string, Uint8Array | null>()
  for (const path of [...own, ...user, ...fishExtra, ...system]) files.set(path, await readOrNull(sys, path))
  return { installed, files, fishExtra, system }
}

/** The shell of the account (passwd), else what SHELL says. */
async function loginShell(sys: Reader, places: Places): Promise<string | null> {
  const user = places.environment['USER'] ?? places.environment['LOGNAME']
  const bytes = await readOrNull(sys, `${places.root === '/' ? '' : places.root}/etc/passwd`)
  const entry = (bytes === null ? '' : toBinary(bytes))
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => user !== undefined && name === user)
  return entry?.[6] ?? places.environment['SHELL'] ?? null
}

async function fishFiles(sys: Reader, places: Places): Promise<readonly string[]> {
  const own = envFishPath(places)
  if (own === null) return []
  const folder = own.slice(0, own.lastIndexOf('/'))
  const names = await sys.list(folder).catch(() => [])
  const others = [...names].sort().map((name) => `${folder}/${name}`)
  const universal = `${folder.slice(0, folder.lastIndexOf('/'))}/fish_variables`
  return [universal, ...others.filter((path) => path.endsWith('.fish') && path !== own)]
}

async function systemFiles(sys: Reader, places: Places): Promise<readonly string[]> {
  const files: string[] = []
  for (const path of places.systemProfiles) {
    const stat = await sys.lstat(path).catch(() => null)
    if (stat?.kind !== 'dir') files.push(path)
    else for (const name of [...(await sys.list(path).catch(() => []))].sort()) files.push(`${path}/${name}`)
  }
  return files
}

/** The installed shells with their versions, asked from the programs without any of the user's files. */
export async function shellFacts(sys: Reader, state: ShellState, signal: AbortSignal): Promise<Machine['shells']> {
  const facts: Machine['shells'] = []
  for (const { id, path, login } of state.installed) {
    const options = { env: { PATH: PLAIN_PATH, HOME: '/', TERM: 'dumb' }, cwd: '/', timeout: 5000, signal }
    const answer = await sys.query([path, '--version'], options).catch(() => null)
    signal.throwIfAborted()
    facts.push({ id, path, login, version: /\d+\.\d+(\.\d+)?/.exec(answer?.stdout ?? '')?.[0] ?? '' })
  }
  return facts
}
