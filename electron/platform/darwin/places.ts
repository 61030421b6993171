import path from 'node:path'
import type { Places } from '../../core/places.ts'
import {
  absolute,
  countingEnvironment,
  goenvPath,
  netrcPath,
  npmPlaces,
  pipPlaces,
  type PlacesInput,
  shellPlaces,
  type Socket,
} from '../posix-places.ts'

export type DarwinInput = PlacesInput & {
  /** Node's name of the processor; Homebrew's folder depends on it. */
  arch: string
  /** Whether a folder is there. pip's file moves with one. */
  isFolder(folder: string): boolean
}

/** Homebrew's two places, the system's, and Docker's: a graphical program's PATH holds only the system's. */
const PROGRAM_FOLDERS = ['/usr/local/bin', '/opt/homebrew/bin', '/usr/bin', '/bin']
/** Where /etc leads. Files with administrator rights are written by their real name alone. */
const ETC = '/private/etc'
/** The label of the job; the file of all users has one of its own, because both are loaded into one session. */
const AGENT = 'app.goready.environment'

/** All paths of a Mac. Pure but for `isFolder`: looks at nothing else than its input. */
export function darwinPlaces(input: DarwinInput): Places {
  const otherHome = input.home !== undefined
  const root = input.root === undefined ? '/' : path.resolve(input.root)
  const otherRoot = root !== '/'
  const home = path.resolve(input.home ?? (input.environment['HOME'] || defaultHome(input)))
  const environment = countingEnvironment(input, home, otherHome, otherRoot)
  const under = (file: string): string => path.join(root, file)
  const library = `${home}/Library`
  const xdg = absolute(environment['XDG_CONFIG_HOME'])
  // fish, PowerShell and pnpm go by XDG_CONFIG_HOME on a Mac, too.
  const configHome = xdg ?? `${home}/.config`
  return {
    platform: 'darwin',
    home,
    otherHome,
    root,
    otherRoot,
    environment,
    // XDG_* are set by shells' files, which a window that is opened by a click never sees: our own places must
    // be the same for both, so they do not go by them.
    state: `${library}/Application Support/goready`,
    config: `${home}/.config/goready`,
    cache: `${library}/Caches/goready`,
    goenv: goenvPath(environment['GOENV'], `${library}/Application Support`),
    netrc: netrcPath(home, otherHome, environment),
    docker: dockerPlaces(home, environment, otherRoot, under),
    apt: {
      folder: under('/etc/apt'),
      lists: under('/var/lib/apt/lists'),
      templates: under('/usr/share/python-apt/templates'),
      release: [],
      architectures: under('/var/lib/dpkg/arch'),
      authorities: under('/etc/ssl/cert.pem'),
    },
    npm: npmPlaces({
      home,
      environment,
      folders: PROGRAM_FOLDERS,
      pnpm: xdg === null ? `${library}/Preferences/pnpm` : `${xdg}/pnpm`,
    }),
    pip: pipPlaces({
      home,
      environment,
      folders: PROGRAM_FOLDERS,
      user: [`${home}/.pip/pip.conf`, userPipConf(home, input.isFolder)],
      site: [],
      global: [under('/Library/Application Support/pip/pip.conf')],
    }),
    project: null,
    shells: shellPlaces({
      home,
      configHome,
      environment,
      folders: ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin'],
      pwsh: ['/usr/local/microsoft/powershell/7/pwsh'],
    }),
    environmentD: null,
    launchAgent: `${library}/LaunchAgents/${AGENT}.plist`,
    system: systemPlaces(under, input.arch),
    policies: [...(otherRoot ? ['/'] : []), root].map((at) => ({
      file: path.join(at, '/Library/Application Support/goready/policy.yml'),
      root: at,
    })),
    systemProfiles: [
      // path_helper(8) reads the first two; /etc/zprofile and /etc/profile run it.
      '/private/etc/paths',
      '/private/etc/paths.d',
      '/private/etc/zshenv',
      '/private/etc/zprofile',
      '/private/etc/zshrc',
      '/private/etc/zlogin',
      '/private/etc/profile',
      '/private/etc/bashrc',
      '/private/etc/csh.cshrc',
      '/private/etc/csh.login',
      ...[...homebrew(input.arch), '/usr/local'].flatMap((prefix) => [
        `${prefix}/etc/fish/config.fish`,
        `${prefix}/etc/fish/conf.d`,
        `${prefix}/share/fish/vendor_conf.d`,
      ]),
    ].map(under),
  }
}

const defaultHome = ({ uid, username, accountHome }: PlacesInput): string =>
  accountHome ?? (uid === 0 ? '/var/root' : `/Users/${username}`)

const homebrew = (arch: string): readonly string[] => (arch === 'arm64' ? ['/opt/homebrew'] : [])

/** pip.pypa.io, "Configuration": the Library's folder where it exists, else the one in ~/.config (never XDG's). */
function userPipConf(home: string, isFolder: DarwinInput['isFolder']): string {
  const library = `${home}/Library/Application Support/pip`
  return `${isFolder(library) ? library : `${home}/.config/pip`}/pip.conf`
}

function dockerPlaces(
  home: string,
  environment: Readonly<Record<string, string>>,
  otherRoot: boolean,
  under: (file: string) => string,
): Places['docker'] {
  return {
    configDir: absolute(environment['DOCKER_CONFIG']) ?? `${home}/.docker`,
    daemonJson: {
      // Nothing reads these two on a Mac: every engine runs in a virtual machine of its own.
      system: under('/etc/docker/daemon.json'),
      rootless: `${home}/.config/docker/daemon.json`,
      desktop: `${home}/.docker/daemon.json`,
    },
    pidFile: under('/var/run/docker.pid'),
    sockets: otherRoot
      ? [{ address: `unix://${under('/var/run/docker.sock')}`, flavour: 'unknown' }]
      : knownSockets(home, environment),
    programs: [
      ...PROGRAM_FOLDERS,
      '/Applications/Docker.app/Contents/Resources/bin',
      `${home}/.docker/bin`,
      `${home}/.orbstack/bin`,
      `${home}/.rd/bin`,
    ].map((folder) => `${folder}/docker`),
  }
}

/** The first is the client's own default; which product has put it there only the engine can say. */
function knownSockets(home: string, environment: Readonly<Record<string, string>>): readonly Socket[] {
  const temporary = absolute(environment['TMPDIR'])
  const podman = [
    `${home}/.local/share/containers/podman/machine/podman.sock`,
    ...(temporary === null ? [] : [`${temporary}/podman/podman-machine-default-api.sock`]),
  ]
  return [
    { address: 'unix:///var/run/docker.sock', flavour: 'unknown' },
    { address: `unix://${home}/.docker/run/docker.sock`, flavour: 'docker-desktop' },
    { address: `unix://${home}/.orbstack/run/docker.sock`, flavour: 'orbstack' },
    { address: `unix://${home}/.colima/default/docker.sock`, flavour: 'colima' },
    { address: `unix://${home}/.rd/docker.sock`, flavour: 'rancher-desktop' },
    ...podman.map((file): Socket => ({ address: `unix://${file}`, flavour: 'podman' })),
  ]
}

/**
 * There is no profile.d: every shell has to be told. zsh reads /etc/zshenv at every start and no update of the
 * system replaces it, which happens to /etc/zprofile and /etc/zshrc. path_helper runs after it and puts the
 * system's folders first; ours stand behind those anyway. For bash /etc/profile comes after path_helper.
 */
function systemPlaces(under: (file: string) => string, arch: string): NonNullable<Places['system']> {
  const folder = '/Library/Application Support/goready'
  const profile = [under(`${ETC}/profile`)]
  const csh = [under(`${ETC}/csh.cshrc`)]
  const prefix = homebrew(arch)[0] ?? '/usr/local'
  return {
    sh: under(`${folder}/env.sh`),
    csh: under(`${folder}/env.csh`),
    fish: under(`${prefix}/share/fish/vendor_conf.d/goready-system.fish`),
    powershell: null,
    environmentD: null,
    launchAgent: under(`/Library/LaunchAgents/${AGENT}.all.plist`),
    fenced: {
      bash: profile,
      sh: profile,
      zsh: [under(`${ETC}/zshenv`)],
      csh,
      tcsh: csh,
      fish: [],
      powershell: [],
    },
  }
}
