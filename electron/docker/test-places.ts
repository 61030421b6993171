import type { Places } from '../core/places.ts'

/** Places of a Linux home `/home/ann` for unit tests; `changes` replaces parts. */
export function testPlaces(
  changes: Partial<Omit<Places, 'docker'>> & { docker?: Partial<Places['docker']> } = {},
): Places {
  const shell = { programs: [], files: [] }
  return {
    platform: 'linux',
    home: '/home/ann',
    otherHome: false,
    root: '/',
    otherRoot: false,
    environment: {},
    state: '/home/ann/.local/state/goready',
    config: '/home/ann/.config/goready',
    cache: '/home/ann/.cache/goready',
    goenv: null,
    apt: {
      folder: '/etc/apt',
      lists: '/var/lib/apt/lists',
      templates: '/usr/share/python-apt/templates',
      release: ['/etc/os-release'],
      architectures: '/var/lib/dpkg/arch',
      authorities: '/etc/ssl/certs/ca-certificates.crt',
    },
    npm: { userconfig: '/home/ann/.npmrc', yarnrc: '/home/ann/.yarnrc.yml', pnpm: [], programs: [] },
    pip: { user: ['/home/ann/.config/pip/pip.conf'], above: [], below: [], programs: [] },
    project: null,
    netrc: '/home/ann/.netrc',
    shells: { bash: shell, zsh: shell, fish: shell, sh: shell, csh: shell, tcsh: shell, powershell: shell },
    environmentD: null,
    launchAgent: null,
    system: null,
    policies: [],
    systemProfiles: [],
    ...changes,
    docker: {
      configDir: '/home/ann/.docker',
      daemonJson: {
        system: '/etc/docker/daemon.json',
        rootless: '/home/ann/.config/docker/daemon.json',
        desktop: '/home/ann/.docker/daemon.json',
      },
      pidFile: '/var/run/docker.pid',
      sockets: [
        { address: 'unix:///var/run/docker.sock', flavour: 'docker-engine' },
        { address: 'unix:///run/user/1000/docker.sock', flavour: 'rootless' },
      ],
      programs: [],
      ...changes.docker,
    },
  }
}
