import path from 'node:path'
import type { ShellId } from '../../contract/profile.ts'
import type { Places, ShellPlaces } from '../../core/places.ts'

export type Win32Input = {
  /** `--home`. */
  home?: string
  /** `--root`. */
  root?: string
  /** The environment that the program was started with; its names may come in any case. */
  environment: Readonly<Record<string, string | undefined>>
  username: string
}

/** What tells about the real home, and so nothing about another one. */
const OF_THE_HOME =
  /^(GOENV|NETRC|APPDATA|LOCALAPPDATA|HOMEDRIVE|HOMEPATH|ONEDRIVE.*|DOCKER_CONFIG|NPM_CONFIG_.*|PNPM_CONFIG_.*|YARN_.*|PIP_CONFIG_FILE|VIRTUAL_ENV)$/
/** What tells about the real system's Docker, and so nothing about another root's. */
const OF_THE_ENGINE = /^(DOCKER_HOST|DOCKER_CONTEXT|DOCKER_TLS|DOCKER_TLS_VERIFY|DOCKER_CERT_PATH)$/

/**
 * All paths of a Windows machine. Pure: looks at nothing but its input. Inside the program every path has forward
 * slashes (`C:/Users/陈杰`), which Windows takes as well; who shows one or hands it to a program of Windows' own
 * turns them (`nativePath`).
 */
export function win32Places(input: Win32Input): Places {
  const given = upperCase(input.environment)
  const drive = given['SYSTEMDRIVE'] ?? 'C:'
  const otherHome = input.home !== undefined
  const otherRoot = input.root !== undefined
  const root = input.root === undefined ? `${drive}/` : slashes(path.win32.resolve(input.root))
  const under = (file: string): string => `${root.replace(/\/$/, '')}/${file}`
  const own = absolute(given['USERPROFILE']) ?? `${drive}/Users/${input.username}`
  const home = input.home === undefined ? own : slashes(path.win32.resolve(input.home))
  const environment = countingEnvironment(given, home, otherHome, otherRoot)
  const roaming = absolute(environment['APPDATA']) ?? `${home}/AppData/Roaming`
  const local = absolute(environment['LOCALAPPDATA']) ?? `${home}/AppData/Local`
  const programData = otherRoot ? under('ProgramData') : (absolute(given['PROGRAMDATA']) ?? `${drive}/ProgramData`)
  const programFiles = absolute(given['PROGRAMW6432'] ?? given['PROGRAMFILES']) ?? `${drive}/Program Files`
  const systemRoot = absolute(given['SYSTEMROOT'] ?? given['WINDIR']) ?? `${drive}/Windows`
  return {
    platform: 'win32',
    home,
    otherHome,
    root,
    otherRoot,
    environment,
    state: `${local}/goready`,
    config: `${roaming}/goready`,
    cache: `${local}/goready/cache`,
    goenv: environment['GOENV'] === 'off' ? null : (absolute(environment['GOENV']) ?? `${roaming}/go/env`),
    // The name that every Go knows there (cmd/go/internal/auth); the newer ones look for it first.
    netrc: absolute(environment['NETRC']) ?? `${home}/_netrc`,
    docker: {
      configDir: absolute(environment['DOCKER_CONFIG']) ?? `${home}/.docker`,
      daemonJson: {
        system: `${programData}/docker/config/daemon.json`,
        // Nothing reads it on Windows.
        rootless: `${home}/.config/docker/daemon.json`,
        desktop: `${home}/.docker/daemon.json`,
      },
      pidFile: `${programData}/docker/docker.pid`,
      sockets: otherRoot ? [{ address: `unix://${under('docker.sock')}`, flavour: 'docker-engine' }] : PIPES,
      programs: [`${programFiles}/Docker/Docker/resources/bin`, `${programFiles}/Docker`].flatMap((folder) => [
        `${folder}/docker.exe`,
        `${folder}/dockerd.exe`,
      ]),
    },
    apt: noApt(under),
    npm: npmPlaces({ home, local, roaming, programFiles, environment }),
    pip: pipPlaces({ home, roaming, local, programData, environment }),
    project: null,
    shells: shellPlaces({ home, local, programFiles, systemRoot }),
    environmentD: null,
    launchAgent: null,
    system: null,
    // Unlike in ProgramData, nobody but an administrator makes a folder there.
    policies: [...(otherRoot ? [`${drive}/`] : []), root].map((at) => ({
      file: at === `${drive}/` ? `${programFiles}/GoReady/policy.yml` : `${at}/Program Files/GoReady/policy.yml`,
      root: at,
    })),
    systemProfiles: [],
  }
}

/** A path with forward slashes. */
export const slashes = (text: string): string => text.replaceAll('\\', '/')
/** A path as Windows' own programs and people write it. */
export const nativePath = (text: string): string => text.replaceAll('/', '\\')

/** A whole path in our form; what names no drive and no server counts as absent. */
function absolute(value: string | undefined): string | null {
  if (value === undefined || !/^([A-Za-z]:[\\/]|\\\\|\/\/)/.test(value)) return null
  const text = slashes(path.win32.normalize(value))
  return /^[A-Za-z]:\/$/.test(text) ? text : text.replace(/\/+$/, '')
}

function upperCase(environment: Win32Input['environment']): Record<string, string> {
  const names: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) names[name.toUpperCase()] = value
  return names
}

function countingEnvironment(
  given: Readonly<Record<string, string>>,
  home: string,
  otherHome: boolean,
  otherRoot: boolean,
): Readonly<Record<string, string>> {
  const counting = Object.entries(given).filter(
    ([name]) => !(otherHome && OF_THE_HOME.test(name)) && !(otherRoot && OF_THE_ENGINE.test(name)),
  )
  const own = { HOME: nativePath(home), USERPROFILE: nativePath(home) }
  // Programs that are started for another home must not find the real one's folders by themselves.
  const folders = { APPDATA: nativePath(`${home}/AppData/Roaming`), LOCALAPPDATA: nativePath(`${home}/AppData/Local`) }
  return { ...Object.fromEntries(counting), ...own, ...(otherHome ? folders : {}) }
}

/** docs.docker.com, "Docker Desktop for Windows"; podman-machine(1). The first is what the client asks by default. */
const PIPES: Places['docker']['sockets'] = [
  { address: 'npipe:////./pipe/docker_engine', flavour: 'unknown' },
  { address: 'npipe:////./pipe/dockerDesktopLinuxEngine', flavour: 'docker-desktop' },
  { address: 'npipe:////./pipe/dockerDesktopWindowsEngine', flavour: 'docker-desktop' },
  { address: 'npipe:////./pipe/podman-machine-default', flavour: 'podman' },
]

/** Where nothing stands on Windows. */
const noApt = (under: (file: string) => string): Places['apt'] => ({
  folder: under('etc/apt'),
  lists: under('var/lib/apt/lists'),
  templates: under('usr/share/python-apt/templates'),
  release: [],
  architectures: under('var/lib/dpkg/arch'),
  authorities: under('etc/ssl/certs/ca-certificates.crt'),
})

type Folders = Readonly<Record<'home' | 'roaming' | 'local' | 'programFiles' | 'programData' | 'systemRoot', string>>
type Environment = { environment: Readonly<Record<string, string>> }

/** docs.npmjs.com, "npmrc" and "folders"; pnpm.io/npmrc. */
function npmPlaces({
  home,
  local,
  roaming,
  programFiles,
  environment,
}: Pick<Folders, 'home' | 'local' | 'roaming' | 'programFiles'> & Environment): Places['npm'] {
  const yarnrc = environment['YARN_RC_FILENAME']
  return {
    userconfig: absolute(environment['NPM_CONFIG_USERCONFIG']) ?? `${home}/.npmrc`,
    yarnrc: `${home}/${yarnrc !== undefined && /^[^/\\]+$/.test(yarnrc) ? yarnrc : '.yarnrc.yml'}`,
    pnpm: [`${local}/pnpm/config/rc`, `${local}/pnpm/config/auth.ini`],
    programs: [`${programFiles}/nodejs`, `${roaming}/npm`, `${local}/pnpm`].flatMap((folder) =>
      ['npm', 'yarn', 'pnpm'].flatMap((name) => [`${folder}/${name}.cmd`, `${folder}/${name}.exe`]),
    ),
  }
}

/** pip.pypa.io, "Configuration": pip.ini, the old place in the home first; `nul` means no file at all. */
function pipPlaces({
  home,
  roaming,
  local,
  programData,
  environment,
}: Pick<Folders, 'home' | 'roaming' | 'local' | 'programData'> & Environment): Places['pip'] {
  const given = environment['PIP_CONFIG_FILE']
  const named = absolute(given)
  const venv = absolute(environment['VIRTUAL_ENV'])
  const own = named === null ? [`${home}/pip/pip.ini`, `${roaming}/pip/pip.ini`] : [named]
  return {
    user: given?.toLowerCase() === 'nul' ? [] : own,
    above: named === null && venv !== null ? [`${venv}/pip.ini`] : [],
    below: [`${programData}/pip/pip.ini`],
    programs: ['pip3', 'pip'].map((name) => `${local}/Programs/Python/Launcher/${name}.exe`),
  }
}

/**
 * cmd has no file that every start of it reads, and needs none. bash is Git's: the bash.exe of System32 starts
 * another system (WSL). PowerShell's files are those of `$PROFILE.CurrentUserAllHosts` where nobody has moved the
 * documents; whoever writes one asks PowerShell itself.
 */
function shellPlaces({
  home,
  local,
  programFiles,
  systemRoot,
}: Pick<Folders, 'home' | 'local' | 'programFiles' | 'systemRoot'>): Record<ShellId, ShellPlaces> {
  const none: ShellPlaces = { programs: [], files: [] }
  return {
    bash: {
      programs: [`${programFiles}/Git`, `${local}/Programs/Git`].map((folder) => `${folder}/bin/bash.exe`),
      files: ['.bash_profile', '.bash_login', '.profile', '.bashrc'].map((name) => `${home}/${name}`),
    },
    powershell: {
      programs: [
        `${programFiles}/PowerShell/7/pwsh.exe`,
        `${local}/Microsoft/WindowsApps/pwsh.exe`,
        `${systemRoot}/System32/WindowsPowerShell/v1.0/powershell.exe`,
      ],
      files: ['PowerShell', 'WindowsPowerShell'].map((name) => `${home}/Documents/${name}/profile.ps1`),
    },
    ...{ zsh: none, fish: none, sh: none, csh: none, tcsh: none },
  }
}
