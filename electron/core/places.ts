import type { DockerState } from '../contract/machine.ts'
import type { ShellId } from '../contract/profile.ts'

/** All paths of one system, as data. Made by `platform/<os>/places.ts`; everything else only reads it. */
export type Places = {
  platform: 'linux' | 'darwin' | 'win32'
  home: string
  /** `--home` was given: what stands in the environment about the home no longer counts. */
  otherHome: boolean
  /** `/`, or what `--root` names. System files are looked for under it. */
  root: string
  otherRoot: boolean
  /** The environment that counts: with `--home` without XDG_*, ZDOTDIR, GOENV, DOCKER_CONFIG, NPM_CONFIG_*. */
  environment: Readonly<Record<string, string>>
  /** Journal, runs, lock, settings of the program itself. */
  state: string
  /** Our own env files. */
  config: string
  cache: string
  /** The GOENV file; null when GOENV=off. */
  goenv: string | null
  /** Names and passwords for go, pip, git and curl. */
  netrc: string
  docker: {
    /** `config.json` and contexts. */
    configDir: string
    daemonJson: { system: string; rootless: string; desktop: string }
    pidFile: string
    /** Known sockets, most likely first. Under `--root` only those below it. */
    sockets: readonly { address: string; flavour: DockerState['flavour'] }[]
    /** Where the docker client and daemon may lie besides PATH. */
    programs: readonly string[]
  }
  apt: AptPlaces
  npm: NpmPlaces
  pip: PipPlaces
  /**
   * The folder whose own files (a project's .npmrc) come before the user's. `chosen`: the person named it, so
   * those files are what changes; else they are only looked at. null: none.
   */
  project: { folder: string; chosen: boolean } | null
  shells: Readonly<Record<ShellId, ShellPlaces>>
  /**
   * What the user's graphical programs get: systemd's environment.d, where one of `readers` (what systemd's user
   * manager reads it with) is installed. null where there is nothing of the kind.
   */
  environmentD: { file: string; readers: readonly string[] } | null
  /** The job of the user's session that gives graphical programs their variables; null but on macOS. */
  launchAgent: string | null
  /** Where variables for all users go; null where files are not the way (Windows' registry). */
  system: SystemPlaces | null
  /** What the administrator says about profiles: each file, and the root below which it has to be the administrator's. */
  policies: readonly { file: string; root: string }[]
  /** Files of all users that may set a variable, e.g. /etc/environment. Read only. */
  systemProfiles: readonly string[]
}

export type AptPlaces = {
  /** `/etc/apt`: sources.list, sources.list.d, apt.conf.d … */
  folder: string
  /** The lists that apt fetched. */
  lists: string
  /** What the distribution says about its own archive: python-apt's templates. */
  templates: string
  /** os-release, the first one counts. */
  release: readonly string[]
  /** dpkg's list of processor names; the first one is the machine's own. */
  architectures: string
  /** The authorities that https is checked against. */
  authorities: string
}

export type ShellPlaces = {
  /** Where the program may lie besides PATH. */
  programs: readonly string[]
  /** Every file of the user that this shell reads, in reading order; empty where this system has none. */
  files: readonly string[]
}

/** Our own files for all users, one per family of shells; null where the system has no place for one. */
export type SystemPlaces = {
  /** POSIX sh, bash and zsh. */
  sh: string | null
  /** csh and tcsh. */
  csh: string | null
  fish: string | null
  powershell: string | null
  /** For graphical programs. */
  environmentD: string | null
  /** The same on macOS. */
  launchAgent: string | null
  /**
   * Where a shell has to be told about our file, because it does not read that by itself: the names that
   * its builds use. The first that exists counts, else the first whose folder exists.
   */
  fenced: Readonly<Record<ShellId, readonly string[]>>
}

export type NpmPlaces = {
  /** The user's .npmrc: NPM_CONFIG_USERCONFIG, else in the home. */
  userconfig: string
  /** The user's .yarnrc.yml (yarn 2 and later). */
  yarnrc: string
  /** Files of pnpm's own that hold what npm's format holds and come before the user's .npmrc. */
  pnpm: readonly string[]
  /** Where npm, yarn and pnpm may lie besides PATH. */
  programs: readonly string[]
}

export type PipPlaces = {
  /** The user's files, the one that wins last; a new one is made there. Empty: PIP_CONFIG_FILE says to read none. */
  user: readonly string[]
  /** Files that win over the user's (a virtual environment's, the installation's). Read only. */
  above: readonly string[]
  /** Files of all users, which the user's win over. Read only. */
  below: readonly string[]
  programs: readonly string[]
}
