import { expect, test } from 'vitest'
import { type DarwinInput, darwinPlaces } from './places.ts'

const at = (input: Partial<DarwinInput> = {}) =>
  darwinPlaces({
    environment: { HOME: '/Users/chen' },
    uid: 501,
    username: 'chen',
    arch: 'arm64',
    isFolder: () => false,
    ...input,
  })

/** Every string of a value. */
const strings = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(strings)
      : []

test('own places lie where macOS keeps them, and never where XDG_* of one shell says', () => {
  const environment = { HOME: '/Users/chen', XDG_CONFIG_HOME: '/cfg', XDG_STATE_HOME: '/st', XDG_CACHE_HOME: '/c' }
  for (const places of [at(), at({ environment })])
    expect(places).toMatchObject({
      platform: 'darwin',
      state: '/Users/chen/Library/Application Support/goready',
      config: '/Users/chen/.config/goready',
      cache: '/Users/chen/Library/Caches/goready',
      goenv: '/Users/chen/Library/Application Support/go/env',
      launchAgent: '/Users/chen/Library/LaunchAgents/app.goready.environment.plist',
    })
})

test('XDG_CONFIG_HOME counts for the tools that honour it on a Mac: fish, PowerShell and pnpm', () => {
  const places = at({ environment: { HOME: '/Users/chen', XDG_CONFIG_HOME: '/cfg' } })
  expect(places.shells.fish.files).toEqual(['/cfg/fish/conf.d/goready.fish', '/cfg/fish/config.fish'])
  expect(places.shells.powershell.files).toEqual(['/cfg/powershell/profile.ps1'])
  expect(places.npm.pnpm).toEqual(['/cfg/pnpm/rc', '/cfg/pnpm/auth.ini'])
  expect(places.pip.user.at(-1)).toBe('/Users/chen/.config/pip/pip.conf')
  expect(at().npm.pnpm).toEqual([
    '/Users/chen/Library/Preferences/pnpm/rc',
    '/Users/chen/Library/Preferences/pnpm/auth.ini',
  ])
})

test("pip's file lies in the Library only where that folder exists", () => {
  const library = '/Users/chen/Library/Application Support/pip'
  expect(at({ isFolder: (folder) => folder === library }).pip.user.at(-1)).toBe(`${library}/pip.conf`)
  expect(at().pip.below).toEqual(['/Library/Application Support/pip/pip.conf'])
})

test('a window that was opened by a click finds docker although PATH names only the system', () => {
  const { programs, sockets } = at({
    environment: { HOME: '/Users/chen', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' },
  }).docker
  expect(programs).toEqual(
    expect.arrayContaining([
      '/usr/local/bin/docker',
      '/opt/homebrew/bin/docker',
      '/Applications/Docker.app/Contents/Resources/bin/docker',
      '/Users/chen/.docker/bin/docker',
      '/Users/chen/.orbstack/bin/docker',
    ]),
  )
  expect(sockets.map(({ flavour }) => flavour)).toEqual([
    'unknown',
    'docker-desktop',
    'orbstack',
    'colima',
    'rancher-desktop',
    'podman',
  ])
  expect(sockets[0]?.address).toBe('unix:///var/run/docker.sock')
})

test("podman's socket lies below TMPDIR, too", () => {
  const environment = { HOME: '/Users/chen', TMPDIR: '/var/folders/x/T/' }
  expect(at({ environment }).docker.sockets.at(-1)).toEqual({
    address: 'unix:///var/folders/x/T/podman/podman-machine-default-api.sock',
    flavour: 'podman',
  })
})

test('--home and --root: nothing leads out of them but programs and the rules of the machine itself', () => {
  const environment = {
    HOME: '/Users/chen',
    XDG_CONFIG_HOME: '/cfg',
    ZDOTDIR: '/z',
    GOENV: '/g',
    DOCKER_HOST: 'tcp://far:2375',
    NETRC: '/n',
    TMPDIR: '/t',
  }
  const places = at({ home: '/r/home', root: '/r/', environment })
  expect(places.environment).toEqual({ HOME: '/r/home', NETRC: '/n', TMPDIR: '/t' })
  const { environment: _environment, shells, policies, ...rest } = places
  expect(policies.map(({ root }) => root)).toEqual(['/', '/r'])
  const paths = [
    ...strings({ ...rest, docker: { ...rest.docker, programs: [] }, npm: { ...rest.npm, programs: [] } }),
    ...Object.values(shells).flatMap(({ files }) => files),
  ]
    .filter((text) => !rest.pip.programs.includes(text))
    .map((text) => text.replace(/^unix:\/\//, ''))
    .filter((text) => text.startsWith('/'))
  expect(paths.length).toBeGreaterThan(50)
  expect(paths.filter((text) => text !== '/r' && !text.startsWith('/r/'))).toEqual([])
})

test("Homebrew's fish: one place on Apple silicon, another one on Intel", () => {
  expect(at().system?.fish).toBe('/opt/homebrew/share/fish/vendor_conf.d/goready-system.fish')
  expect(at({ arch: 'x64' }).system?.fish).toBe('/usr/local/share/fish/vendor_conf.d/goready-system.fish')
})

test('no HOME: the account folder', () => {
  expect(at({ environment: {} }).home).toBe('/Users/chen')
  expect(at({ environment: {}, uid: 0 }).home).toBe('/var/root')
})
