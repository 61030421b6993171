import path from 'node:path'
import type { Places } from '../../core/places.ts'
import {
  absolute,
  countingEnvironment,
  engineSocket,
  goenvPath,
  netrcPath,
  npmPlaces,
  pipPlaces,
  shellPlaces,
  type PlacesInput,
  type Socket,
} from '../posix-places.ts'

const PROGRAM_FOLDERS = ['/usr/local/bin', '/usr/bin', '/snap/bin']

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
    netrc: netrcPath(home, otherHome, environment),
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
    npm: npmPlaces({ home, environment, pnpm: `${configHome}/pnpm`, folders: PROGRAM_FOLDERS }),
    pip: pipPlaces({
      home,
      environment,
      folders: PROGRAM_FOLDERS,
      user: [`${home}/.pip/pip.conf`, `${configHome}/pip/pip.conf`],
      site: [under('/usr/pip.conf')],
      global: ['/etc/xdg/pip/pip.conf', '/etc/pip.conf'].map(under),
    }),
    project: null,
    shells: shellPlaces({
      home,
      configHome,
      environment,
      folders: ['/bin', '/usr/bin', '/usr/local/bin'],
      pwsh: ['/opt/microsoft/powershell/7/pwsh', '/snap/bin/pwsh'],
    }),
    environmentD: {
      file: `${configHome}/environment.d/61-goready.conf`,
      readers: ['/usr/lib', '/lib'].map((folder) =>
        under(`${folder}/systemd/user-environment-generators/30-systemd-environment-d-generator`),
      ),
    },
    launchAgent: null,
    system: systemPlaces(under),
    policies: [...(otherRoot ? ['/'] : []), root].map((at) => ({
      file: path.join(at, '/etc/goready/policy.yml'),
      root: at,
    })),
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

const defaultHome = ({ uid, username, accountHome }: PlacesInput): string =>
  accountHome ?? (uid === 0 ? '/root' : `/home/${username}`)

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
    launchAgent: null,
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
