import path from 'node:path'
import type { Places } from '../../core/places.ts'

export type PlacesInput = {
  /** `--home`. */
  home?: string
  /** `--root`. */
  root?: string
  /** The environment that the program was started with. */
  environment: Readonly<Record<string, string | undefined>>
  uid: number
  username: string
}

/** What tells about the real home, and so nothing about another one. */
const OF_THE_HOME =
  /^(XDG_.*|ZDOTDIR|GOENV|DOCKER_CONFIG|NPM_CONFIG_.*|PNPM_CONFIG_.*|YARN_.*|PIP_CONFIG_FILE|VIRTUAL_ENV)$/i
/** What tells about the real system's Docker, and so nothing about another root's. */
const OF_THE_ENGINE = /^(DOCKER_HOST|DOCKER_CONTEXT|DOCKER_TLS|DOCKER_TLS_VERIFY|DOCKER_CERT_PATH)$/

/** All paths of a Linux machine. Pure: looks at nothing but its input. */
export function linuxPlaces(input: PlacesInput): Places {
  const otherHome = input.home !== undefined
  const root = input.root === undefined ? '/' : path.resolve(input.root)
  const otherRoot = root !== '/'
  const home = path.resolve(input.home ?? (input.environment['HOME'] || defaultHome(input)))
  const environment = countingEnvironment(input, home, otherHome, otherRoot)
  const under = (file: string): string => path.join(root, file)
  const configHome = absolute(environment['XDG_CONFIG_HOME']) ?? `${home}/.config`
  const configDir = absolute(environment['DOCKER_CONFIG']) ?? `${home}/.docker`
  return {
    platform: 'linux',
    home,
    otherHome,
    root,
    otherRoot,
    environment,
    state: `${absolute(environment['XDG_STATE_HOME']) ?? `${home}/.local/state`}/goready`,
    config: `${configHome}/goready`,
    cache: `${absolute(environment['XDG_CACHE_HOME']) ?? `${home}/.cache`}/goready`,
    goenv: goenvPath(environment['GOENV'], configHome),
    netrc: (otherHome ? null : absolute(environment['NETRC'])) ?? `${home}/.netrc`,
    docker: {
      configDir,
      daemonJson: {
        system: under('/etc/docker/daemon.json'),
        rootless: `${configHome}/docker/daemon.json`,
        desktop: `${home}/.docker/daemon.json`,
      },
      pidFile: under('/var/run/docker.pid'),
      sockets: otherRoot
        ? ['/var/run/docker.sock', '/run/docker.sock'].map((file) => engineSocket(under(file)))
        : knownSockets(home, absolute(environment['XDG_RUNTIME_DIR'])),
      programs: ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/snap/bin', `${home}/bin`].flatMap((folder) => [
        `${folder}/docker`,
        `${folder}/dockerd`,
      ]),
    },
    apt: {
      folder: under('/etc/apt'),
      lists: under('/var/lib/apt/lists'),
      templates: under('/usr/share/python-apt/templates'),
      release: ['/etc/os-release', '/usr/lib/os-release'].map(under),
      architectures: under('/var/lib/dpkg/arch'),
      authorities: under('/etc/ssl/certs/ca-certificates.crt'),
    },
    npm: npmPlaces(home, configHome, environment),
    pip: pipPlaces(home, configHome, environment, under),
    project: null,
    shells: shellPlaces(home, configHome, absolute(environment['ZDOTDIR'])),
    environmentD: `${configHome}/environment.d/61-goready.conf`,
    system: systemPlaces(under),
    systemProfiles: [
      '/etc/environment',
      '/etc/profile',
      '/etc/profile.d',
      '/etc/bash.bashrc',
      '/etc/bashrc',
      '/etc/zsh/zshenv',
      '/etc/zsh/zprofile',
      '/etc/zsh/zshrc',
      '/etc/zshenv',
      '/etc/zshrc',
      '/etc/csh.cshrc',
      '/etc/csh.login',
      '/etc/environment.d',
      '/etc/fish/config.fish',
      '/etc/fish/conf.d',
      '/usr/share/fish/vendor_conf.d',
    ].map(under),
  }
}

const defaultHome = ({ uid, username }: PlacesInput): string => (uid === 0 ? '/root' : `/home/${username}`)

/** The XDG specification: a path that is not absolute is ignored. */
const absolute = (value: string | undefined): string | null =>
  value !== undefined && path.isAbsolute(value) ? path.normalize(value).replace(/(.)\/+$/, '$1') : null

function countingEnvironment(
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
function goenvPath(value: string | undefined, configHome: string): string | null {
  if (value === 'off') return null
  return absolute(value) ?? `${configHome}/go/env`
}

type Socket = Places['docker']['sockets'][number]

const engineSocket = (file: string): Socket => ({ address: `unix://${file}`, flavour: 'docker-engine' })

function knownSockets(home: string, runtime: string | null): readonly Socket[] {
  const sockets: Socket[] = [engineSocket('/var/run/docker.sock')]
  if (runtime !== null) sockets.push({ address: `unix://${runtime}/docker.sock`, flavour: 'rootless' })
  sockets.push(
    { address: `unix://${home}/.docker/desktop/docker.sock`, flavour: 'docker-desktop' },
    { address: `unix://${home}/.docker/run/docker.sock`, flavour: 'docker-desktop' },
    { address: `unix://${home}/.colima/default/docker.sock`, flavour: 'colima' },
    { address: `unix://${home}/.rd/docker.sock`, flavour: 'rancher-desktop' },
  )
  if (runtime !== null) sockets.push({ address: `unix://${runtime}/podman/podman.sock`, flavour: 'podman' })
  return [...sockets, { address: 'unix:///run/podman/podman.sock', flavour: 'podman' }]
}

function shellPlaces(home: string, configHome: string, zdotdir: string | null): Places['shells'] {
  const programs = (name: string): readonly string[] =>
    ['/bin', '/usr/bin', '/usr/local/bin'].map((folder) => `${folder}/${name}`)
  const z = zdotdir ?? home
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
      programs: [...programs('pwsh'), '/opt/microsoft/powershell/7/pwsh', '/snap/bin/pwsh'],
      // about_Profiles: what `$PROFILE.CurrentUserAllHosts` answers on Linux.
      files: [`${configHome}/powershell/profile.ps1`],
    },
  }
}

/**
 * The names differ from the user's own: fish and systemd read only the first of two files of one name,
 * wherever they lie, and the user's would hide ours with all that it holds.
 */
function systemPlaces(under: (file: string) => string): NonNullable<Places['system']> {
  const csh = [under('/etc/csh.cshrc')]
  return {
    sh: under('/etc/profile.d/goready.sh'),
    csh: under('/etc/profile.d/goready.csh'),
    fish: under('/usr/share/fish/vendor_conf.d/goready-system.fish'),
    powershell: null,
    environmentD: under('/etc/environment.d/60-goready.conf'),
    fenced: {
      bash: ['/etc/bash.bashrc', '/etc/bashrc'].map(under),
      zsh: ['/etc/zsh/zshenv', '/etc/zshenv'].map(under),
      csh,
      tcsh: csh,
      fish: [],
      sh: [],
      powershell: [],
    },
  }
}

const PROGRAM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/snap/bin']
const programsNamed = (home: string, names: readonly string[]): readonly string[] =>
  [...PROGRAM_FOLDERS, `${home}/.local/bin`].flatMap((folder) => names.map((name) => `${folder}/${name}`))

/** npm reads `npm_config_*` in any case (@npmcli/config `loadEnv`). pnpm: pnpm.io/npmrc, pnpm.io/cli/config. */
function npmPlaces(home: string, configHome: string, environment: Readonly<Record<string, string>>): Places['npm'] {
  const named = Object.entries(environment).find(([name]) => /^npm_config_userconfig$/i.test(name))?.[1]
  const yarnrc = environment['YARN_RC_FILENAME']
  return {
    userconfig: absolute(named) ?? `${home}/.npmrc`,
    yarnrc: `${home}/${yarnrc !== undefined && /^[^/]+$/.test(yarnrc) ? yarnrc : '.yarnrc.yml'}`,
    pnpm: [`${configHome}/pnpm/rc`, `${configHome}/pnpm/auth.ini`],
    programs: programsNamed(home, ['npm', 'yarn', 'pnpm']),
  }
}

/**
 * pip.pypa.io, "Configuration": the user's files are the old one, then the new one; PIP_CONFIG_FILE beats them
 * all, and where it exists the user's own are not read; the null device means no file at all.
 */
function pipPlaces(
  home: string,
  configHome: string,
  environment: Readonly<Record<string, string>>,
  under: (file: string) => string,
): Places['pip'] {
  const given = environment['PIP_CONFIG_FILE']
  const named = absolute(given)
  const venv = absolute(environment['VIRTUAL_ENV'])
  return {
    user:
      given === '/dev/null' ? [] : named === null ? [`${home}/.pip/pip.conf`, `${configHome}/pip/pip.conf`] : [named],
    above: named === null && venv !== null ? [`${venv}/pip.conf`] : named === null ? [under('/usr/pip.conf')] : [],
    below: ['/etc/xdg/pip/pip.conf', '/etc/pip.conf'].map(under),
    programs: programsNamed(home, ['pip3', 'pip']),
  }
}
