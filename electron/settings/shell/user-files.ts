import { SHELL_IDS, type ShellId } from '../../contract/profile.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { PLAIN_PATH } from '../find-program.ts'
import type { InstalledShell } from './detect.ts'
import type { Zdotdir } from './zdotdir.ts'

type Files = Record<ShellId, readonly string[]>

/** The files of the user that each shell reads on this machine, in reading order. */
export async function userFiles(
  sys: Reader,
  places: Places,
  installed: readonly InstalledShell[],
  zdotdir: Zdotdir,
  signal: AbortSignal,
): Promise<Files> {
  const files: Files = { ...placed(places), zsh: zshFiles(places, zdotdir) }
  const tcshrc = files.tcsh.find((path) => path.endsWith('/.tcshrc'))
  // tcsh(1): .cshrc is read only where there is no .tcshrc, also by a tcsh that is called csh.
  if (tcshrc !== undefined && (await sys.lstat(tcshrc).catch(() => null)) !== null) {
    files.tcsh = files.tcsh.filter((path) => !path.endsWith('/.cshrc'))
    const csh = installed.find(({ id }) => id === 'csh')
    if (csh?.real.endsWith('/tcsh') === true) files.csh = files.tcsh
  } else files.tcsh = files.tcsh.filter((path) => path !== tcshrc)
  const pwsh = installed.find(({ id }) => id === 'powershell')
  if (pwsh !== undefined) files.powershell = await askPowerShell(sys, places, pwsh.path, signal)
  return files
}

const placed = (places: Places): Files => {
  const files: Partial<Files> = {}
  for (const id of SHELL_IDS) files[id] = places.shells[id].files
  return { bash: [], zsh: [], fish: [], sh: [], csh: [], tcsh: [], powershell: [], ...files }
}

/**
 * zsh's files by name where it really looks for them. Places lists them for the ZDOTDIR in the environment; the
 * home's own .zshenv stays in the list, because a session without that ZDOTDIR reads it.
 */
function zshFiles(places: Places, { first, rest }: Zdotdir): readonly string[] {
  if (places.shells.zsh.files.length === 0) return []
  const env = [`${places.home}/.zshenv`, `${first}/.zshenv`]
  return [...new Set(env), ...['.zprofile', '.zshrc', '.zlogin'].map((name) => `${rest}/${name}`)]
}

/** about_Profiles: the file for all its hosts. It may be elsewhere (Documents moved); PowerShell itself knows. */
async function askPowerShell(
  sys: Reader,
  places: Places,
  program: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { files } = places.shells.powershell
  const kept = Object.entries(places.environment).filter(([name]) => name === 'XDG_CONFIG_HOME')
  const env = { HOME: places.home, PATH: PLAIN_PATH, TERM: 'dumb', ...Object.fromEntries(kept) }
  const question = '[Console]::Out.Write($PROFILE.CurrentUserAllHosts)'
  const argv = [program, '-NoLogo', '-NoProfile', '-NonInteractive', '-Command', question] as const
  const answer = await sys.query(argv, { env, cwd: '/', timeout: 10_000, signal }).catch(() => null)
  signal.throwIfAborted()
  const told = answer?.stdout.trim() ?? ''
  return told.startsWith(`${places.home}/`) && told.endsWith('.ps1') ? [told] : files
}
