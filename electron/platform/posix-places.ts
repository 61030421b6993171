import path from 'node:path'
import type { Places } from '../core/places.ts'

/** What the places of Linux and macOS are made of. */
export type PlacesInput = {
  /** `--home`. */
  home?: string
  /** `--root`. */
  root?: string
  /** The environment that the program was started with. */
  environment: Readonly<Record<string, string | undefined>>
  uid: number
  username: string
  /** The home that passwd(5) knows: cron and a start script may set no HOME. */
  accountHome?: string | null
}

/** What tells about the real home, and so nothing about another one. */
const OF_THE_HOME =
  /^(XDG_.*|ZDOTDIR|GOENV|DOCKER_CONFIG|NPM_CONFIG_.*|PNPM_CONFIG_.*|YARN_.*|PIP_CONFIG_FILE|VIRTUAL_ENV)$/i
/** What tells about the real system's Docker, and so nothing about another root's. */
const OF_THE_ENGINE = /^(DOCKER_HOST|DOCKER_CONTEXT|DOCKER_TLS|DOCKER_TLS_VERIFY|DOCKER_CERT_PATH)$/

/** The XDG specification: a path that is not absolute is ignored. */
export const absolute = (value: string | undefined): string | null =>
  value !== undefined && path.isAbsolute(value) ? path.normalize(value).replace(/(.)\/+$/, '$1') : null

/** The environment that counts, see `Places`. */
export function countingEnvironment(
  { environment }: PlacesInput,
  home: string,
  otherHome: boolean,
  otherRoot: boolean,
): Readonly<Record<string, string>> {
  const counting: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined) continue
    if (otherHome && OF_THE_HOME.test(name)) continue
    if (otherRoot && OF_THE_ENGINE.test(name)) continue
    counting[name] = value
  }
  return { ...counting, HOME: home }
}

/** golang/go cmd/go/internal/cfg `EnvFile`: GOENV, `off`, else the configuration folder. */
export function goenvPath(value: string | undefined, configHome: string): string | null {
  if (value === 'off') return null
  return absolute(value) ?? `${configHome}/go/env`
}

type Environment = Readonly<Record<string, string>>

/** NETRC names it for go, git and curl alike; another home has its own. */
export const netrcPath = (home: string, otherHome: boolean, environment: Environment): string =>
  (otherHome ? null : absolute(environment['NETRC'])) ?? `${home}/.netrc`

export type Socket = Places['docker']['sockets'][number]

export const engineSocket = (file: string): Socket => ({ address: `unix://${file}`, flavour: 'docker-engine' })

const programsNamed = (home: string, folders: readonly string[], names: readonly string[]): readonly string[] =>
  [...folders, `${home}/.local/bin`].flatMap((folder) => names.map((name) => `${folder}/${name}`))

type ToolInput = {
  home: string
  environment: Environment
  /** Where programs lie besides PATH. */
  folders: readonly string[]
}

/** npm reads `npm_config_*` in any case (@npmcli/config `loadEnv`). `pnpm`: its own folder, pnpm.io/cli/config. */
export function npmPlaces({ home, environment, folders, pnpm }: ToolInput & { pnpm: string }): Places['npm'] {
  const named = Object.entries(environment).find(([name]) => /^npm_config_userconfig$/i.test(name))?.[1]
  const yarnrc = environment['YARN_RC_FILENAME']
  return {
    userconfig: absolute(named) ?? `${home}/.npmrc`,
    yarnrc: `${home}/${yarnrc !== undefined && /^[^/]+$/.test(yarnrc) ? yarnrc : '.yarnrc.yml'}`,
    pnpm: [`${pnpm}/rc`, `${pnpm}/auth.ini`],
    programs: programsNamed(home, folders, ['npm', 'yarn', 'pnpm']),
  }
}

type PipInput = ToolInput & { user: readonly string[]; site: readonly string[]; global: readonly string[] }

/**
 * pip.pypa.io, "Configuration": the user's files are the old one, then the new one; PIP_CONFIG_FILE beats them
 * all, and where it exists the user's own are not read; the null device means no file at all. The file of a
 * virtual environment (else `site`, the installation's) beats the user's, which beat `global`.
 */
export function pipPlaces({ home, environment, folders, user, site, global }: PipInput): Places['pip'] {
  const given = environment['PIP_CONFIG_FILE']
  const named = absolute(given)
  const venv = absolute(environment['VIRTUAL_ENV'])
  const above = venv === null ? site : [`${venv}/pip.conf`]
  return {
    user: given === '/dev/null' ? [] : named === null ? user : [named],
    above: named === null ? above : [],
    below: global,
    programs: programsNamed(home, folders, ['pip3', 'pip']),
  }
}

type ShellInput = {
  home: string
  /** fish's and PowerShell's folders lie in it. */
  configHome: string
  environment: Environment
  folders: readonly string[]
  /** Where PowerShell's own installers put it. */
  pwsh: readonly string[]
}

/** The files that each shell of a user reads, in reading order. */
export function shellPlaces({ home, configHome, environment, folders, pwsh }: ShellInput): Places['shells'] {
  const programs = (name: string): readonly string[] => folders.map((folder) => `${folder}/${name}`)
  const z = absolute(environment['ZDOTDIR']) ?? home
  const zshenv = z === home ? [`${home}/.zshenv`] : [`${home}/.zshenv`, `${z}/.zshenv`]
  return {
    bash: {
      programs: programs('bash'),
      files: ['.bash_profile', '.bash_login', '.profile', '.bashrc'].map((name) => `${home}/${name}`),
    },
    zsh: {
      programs: programs('zsh'),
      files: [...zshenv, ...['.zprofile', '.zshrc', '.zlogin'].map((name) => `${z}/${name}`)],
    },
    fish: {
      programs: programs('fish'),
      files: [`${configHome}/fish/conf.d/goready.fish`, `${configHome}/fish/config.fish`],
    },
    sh: { programs: programs('sh'), files: [`${home}/.profile`] },
    csh: { programs: programs('csh'), files: ['.cshrc', '.login'].map((name) => `${home}/${name}`) },
    tcsh: { programs: programs('tcsh'), files: ['.tcshrc', '.cshrc', '.login'].map((name) => `${home}/${name}`) },
    powershell: {
      programs: [...programs('pwsh'), ...pwsh],
      // about_Profiles: what `$PROFILE.CurrentUserAllHosts` answers outside Windows.
      files: [`${configHome}/powershell/profile.ps1`],
    },
  }
}
