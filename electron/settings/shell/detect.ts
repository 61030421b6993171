import type { Machine } from '../../contract/machine.ts'
import { SHELL_IDS, type ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { folderOf } from '../../core/paths.ts'
import { toBinary } from '../binary.ts'
import { findPrograms, PLAIN_PATH, programAt } from '../find-program.ts'
import { readOrNull } from '../read-keys.ts'
import { envFishPath, ownFiles } from './families.ts'
import { placedFile } from './graphical-file.ts'
import { userFiles } from './user-files.ts'
import { type WindowsVariables, windowsVariables } from './windows.ts'
import { findZdotdir, type Zdotdir } from './zdotdir.ts'

const SCOPES = ['user', 'system'] as const

/** The program's name, where it is not the shell's own. */
const PROGRAM: Partial<Record<ShellId, string>> = { powershell: 'pwsh' }

/** Windows' own bash.exe starts another system, with a home of its own. */
const WSL = /\/windows\/system32\/bash\.exe$|\/windowsapps\/bash\.exe$/i

/** `real`: the file behind all links; /bin/csh may be tcsh. */
export type InstalledShell = { id: ShellId; path: string; real: string; login: boolean }

export type ShellState = {
  installed: readonly InstalledShell[]
  /** Every file that a shell of this user reads, by path; null where there is none. */
  files: ReadonlyMap<string, Uint8Array | null>
  /** The user's own files that each shell reads on this machine, in reading order. */
  user: Readonly<Record<ShellId, readonly string[]>>
  /** fish's conf.d (but not our file) and its store of universal variables, in reading order. */
  fishExtra: readonly string[]
  /** The files of all users, with folders replaced by what lies in them. */
  system: readonly string[]
  zdotdir: Zdotdir
  /** Those folders that exist, of the files of all users that may have to be told about ours. */
  folders: ReadonlySet<string>
  /** Whether environment.d is read on this machine. */
  graphical: boolean
  /** What Windows itself keeps; null on every other system. */
  windows: WindowsVariables | null
}

/**
 * Looks at the installed shells and at the text of the files that they read. Runs only what has to be asked
 * where those files are: PowerShell, and a zsh whose .zshenv works out ZDOTDIR.
 */
export async function detectShells(
  sys: Reader,
  places: Places,
  signal: AbortSignal = AbortSignal.timeout(30_000),
): Promise<ShellState> {
  const installed = await findInstalled(sys, places)
  const zsh = installed.find(({ id }) => id === 'zsh')?.path ?? null
  const zdotdir = await findZdotdir(sys, places, zsh, signal)
  const user = await userFiles(sys, places, installed, zdotdir, signal)
  const fishExtra = await fishFiles(sys, places)
  const system = await systemFiles(sys, places)
  const own = [...ownFiles(places, 'user'), ...ownFiles(places, 'system')].map(({ path }) => path)
  const fenced = Object.values(places.system?.fenced ?? {}).flat()
  const graphical = SCOPES.flatMap((scope) => placedFile(places, scope)?.path ?? [])
  const files = new Map<string, Uint8Array | null>()
  for (const path of [...own, ...Object.values(user).flat(), ...fishExtra, ...system, ...fenced, ...graphical])
    if (!files.has(path)) files.set(path, await readOrNull(sys, path))
  const folders = await existing(sys, fenced.map(folderOf))
  const reads = await readsEnvironmentD(sys, places)
  const windows = await windowsVariables(sys, places)
  return { installed, files, user, fishExtra, system, zdotdir, folders, graphical: reads, windows }
}

async function findInstalled(sys: Reader, places: Places): Promise<readonly InstalledShell[]> {
  const login = await loginShell(sys, places)
  const installed: InstalledShell[] = []
  for (const id of SHELL_IDS) {
    const name = PROGRAM[id] ?? id
    const found = await findPrograms(sys, places, name, places.shells[id].programs)
    const path = found.find((one) => !(places.platform === 'win32' && WSL.test(one)))
    const real = path === undefined ? null : await programAt(sys, path)
    if (path !== undefined && real !== null)
      installed.push({ id, path, real, login: login?.split('/').at(-1) === name })
  }
  return installed
}

/** The shell of the account (passwd; on macOS its directory), else what SHELL says. */
async function loginShell(sys: Reader, places: Places): Promise<string | null> {
  const user = places.environment['USER'] ?? places.environment['LOGNAME']
  if (places.platform === 'darwin') return (await directoryShell(sys, user)) ?? places.environment['SHELL'] ?? null
  const bytes = await readOrNull(sys, `${places.root === '/' ? '' : places.root}/etc/passwd`)
  const entry = (bytes === null ? '' : toBinary(bytes))
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => user !== undefined && name === user)
  return entry?.[6] ?? places.environment['SHELL'] ?? null
}

/** dscl(1) prints `UserShell: /bin/zsh`. */
async function directoryShell(sys: Reader, user: string | undefined): Promise<string | null> {
  if (user === undefined || !/^[\w.-]+$/.test(user)) return null
  const argv = ['/usr/bin/dscl', '.', '-read', `/Users/${user}`, 'UserShell'] as const
  const answer = await sys.query(argv, { env: {}, timeout: 5000 }).catch(() => null)
  return /^UserShell: (\/.+)$/m.exec(answer?.stdout ?? '')?.[1] ?? null
}

async function readsEnvironmentD(sys: Reader, places: Places): Promise<boolean> {
  for (const path of places.environmentD?.readers ?? []) if ((await programAt(sys, path)) !== null) return true
  return false
}

async function existing(sys: Reader, folders: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const folder of folders) if ((await sys.lstat(folder).catch(() => null))?.kind === 'dir') found.add(folder)
  return found
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

/** What has no way to tell its version without starting up. */
const SILENT: ReadonlySet<ShellId> = new Set(['sh', 'csh'])

/** The installed shells with their versions, asked from the programs without any of the user's files. */
export async function shellFacts(sys: Reader, state: ShellState, signal: AbortSignal): Promise<Machine['shells']> {
  const facts: Machine['shells'] = []
  for (const { id, path, login } of state.installed) {
    const options = { env: { PATH: PLAIN_PATH, HOME: '/', TERM: 'dumb' }, cwd: '/', timeout: 5000, signal }
    const answer = SILENT.has(id) ? null : await sys.query([path, '--version'], options).catch(() => null)
    signal.throwIfAborted()
    facts.push({ id, path, login, version: /\d+\.\d+(\.\d+)?/.exec(answer?.stdout ?? '')?.[0] ?? '' })
  }
  return facts
}
