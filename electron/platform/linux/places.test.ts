import { expect, test } from 'vitest'
import { linuxPlaces } from './places.ts'

const real = {
  HOME: '/home/u',
  XDG_CONFIG_HOME: '/cfg',
  XDG_STATE_HOME: '/st',
  XDG_RUNTIME_DIR: '/run/user/7',
  ZDOTDIR: '/z',
  GOENV: '/g/env',
  DOCKER_CONFIG: '/d',
  DOCKER_HOST: 'tcp://far:2375',
  npm_config_registry: 'x',
  GOPROXY: 'y',
}

test('follows the environment', () => {
  const places = linuxPlaces({ environment: real, uid: 7, username: 'u' })
  expect(places).toMatchObject({
    home: '/home/u',
    root: '/',
    otherHome: false,
    otherRoot: false,
    state: '/st/goready',
    config: '/cfg/goready',
    cache: '/home/u/.cache/goready',
    goenv: '/g/env',
  })
  expect(places.docker.configDir).toBe('/d')
  expect(places.docker.sockets[1]).toEqual({ address: 'unix:///run/user/7/docker.sock', flavour: 'rootless' })
  expect(places.shells.zsh.files).toEqual(['/home/u/.zshenv', '/z/.zshenv', '/z/.zprofile', '/z/.zshrc', '/z/.zlogin'])
  expect(places.environmentD?.file).toBe('/cfg/environment.d/61-goready.conf')
  expect(places.shells.fish.files).toEqual(['/cfg/fish/conf.d/goready.fish', '/cfg/fish/config.fish'])
})

test('--home: what the environment says about the real home no longer counts', () => {
  const places = linuxPlaces({ home: '/other', environment: real, uid: 7, username: 'u' })
  expect(places).toMatchObject({
    home: '/other',
    otherHome: true,
    goenv: '/other/.config/go/env',
    state: '/other/.local/state/goready',
  })
  expect(places.environment).toEqual({ HOME: '/other', DOCKER_HOST: 'tcp://far:2375', GOPROXY: 'y' })
  expect(JSON.stringify(places)).not.toMatch(/\/(cfg|st|z|g|d|home\/u)\b/)
})

test('--root: system files, sockets and pid file lie under it, and no engine comes from the environment', () => {
  const places = linuxPlaces({ root: '/r/', environment: real, uid: 0, username: 'root' })
  expect(places.docker).toMatchObject({
    daemonJson: { system: '/r/etc/docker/daemon.json' },
    pidFile: '/r/var/run/docker.pid',
    sockets: [{ address: 'unix:///r/var/run/docker.sock' }, { address: 'unix:///r/run/docker.sock' }],
  })
  expect(places.environment['DOCKER_HOST']).toBeUndefined()
  expect(places.systemProfiles.every((path) => /^\/r\/(etc|usr\/share)\//.test(path))).toBe(true)
  const { fenced, ...own } = places.system ?? { fenced: {} }
  const files = [...Object.values(own), ...Object.values(fenced).flat()].filter((path) => path !== null)
  expect(files).toContain('/r/etc/profile.d/goready.sh')
  expect(files.filter((path) => !path.startsWith('/r/'))).toEqual([])
  expect(places.home).toBe('/home/u')
})

test('cron sets no HOME: the account’s own counts, wherever that is', () => {
  const given = { environment: {}, uid: 7, username: 'u' }
  expect(linuxPlaces({ ...given, accountHome: '/srv/homes/u' }).state).toBe('/srv/homes/u/.local/state/goready')
  expect(linuxPlaces({ ...given, accountHome: null }).home).toBe('/home/u')
})

test('GOENV=off, relative XDG paths, no HOME', () => {
  const at = (environment: Record<string, string>, uid = 7) => linuxPlaces({ environment, uid, username: 'u' })
  expect(at({ GOENV: 'off' }).goenv).toBeNull()
  expect(at({ XDG_CONFIG_HOME: 'relative', HOME: '/h' }).config).toBe('/h/.config/goready')
  expect(at({}).home).toBe('/home/u')
  expect(at({ HOME: '' }, 0).home).toBe('/root')
})
