import { expect, test } from 'vitest'
import type { DockerState } from '../../contract/machine.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { exec } from '../../system/exec.ts'
import { MemorySystem } from '../../system/memory.ts'
import { realSystem } from '../../system/real.ts'
import { detectApt } from '../apt/detect.ts'
import { detectGo } from '../go/detect.ts'
import { detectNpm } from '../npm/detect.ts'
import { detectPip } from '../pip/detect.ts'
import { detectShells } from '../shell/detect.ts'
import { makeHome, removeHome } from '../test-home.ts'
import { aptOverrides } from './apt.ts'
import { dockerOverrides } from './docker.ts'
import { goOverrides } from './go.ts'
import { npmOverrides } from './npm.ts'
import { override } from './layers.ts'
import { pipOverrides } from './pip.ts'
import { proxyOverrides } from './proxies.ts'

const { signal } = new AbortController()
const placesOf = (environment: Record<string, string> = {}, home = '/home/u') =>
  linuxPlaces({ environment: { HOME: home, ...environment }, uid: 1000, username: 'u' })
const stopped: DockerState = {
  state: 'not-running',
  endpoint: 'unix:///var/run/docker.sock',
  source: 'default',
  context: null,
  flavour: 'docker-engine',
  version: null,
  apiVersion: null,
  os: null,
  arch: null,
  storage: null,
  containerdStore: false,
  mirrors: [],
  proxies: {},
  configFile: null,
  cause: null,
}

test('the first layer that holds something wins, and a shell has its own', () => {
  const layers = override('go', 'GOPROXY', [
    { value: '', from: 'a' },
    { value: 'b', from: 'b', shell: 'bash' },
    { value: 'c', from: 'c', shell: 'bash' },
    { value: 'd', from: 'd', shell: 'zsh' },
    { value: 'e', from: 'e' },
    { value: 'f', from: 'f', shell: 'fish' },
    { value: 'g', from: 'g' },
  ])?.layers
  expect(layers?.map(({ wins }) => wins)).toEqual([false, true, false, true, true, false, false])
  expect(override('go', 'GOPROXY', [])).toBeNull()
  expect(override('go', 'GOPROXY', [{ value: null, from: 'a' }])?.layers).toMatchObject([{ value: null, wins: true }])
})

test('go: the layer that is said to win is the one that go itself answers with', async () => {
  const home = await makeHome({
    '.config/go/env': 'GOFLAGS=\nGOPROXY=https://old.example\nGOPROXY=https://file.example\n',
  })
  try {
    for (const environment of [{}, { GOPROXY: 'https://environment.example' }, { GOPROXY: '' }]) {
      const places = placesOf(environment, home)
      const state = await detectGo(realSystem(), places, signal)
      const [first] = goOverrides(state, places)
      const env = { ...environment, HOME: home, PATH: process.env['PATH'] ?? '', GOTOOLCHAIN: 'local' }
      const answer = await exec(['go', 'env', 'GOPROXY'], { env, cwd: '/' })
      expect(first?.name).toBe('GOPROXY')
      const winner = first?.layers.find(({ wins }) => wins)
      expect(winner?.value).toBe(answer.stdout.trim())
      expect(first?.layers.at(-1)).toMatchObject({ value: 'https://file.example', from: `${home}/.config/go/env:3` })
    }
  } finally {
    await removeHome(home)
  }
})

test('go: a password in an address is not shown', async () => {
  const sys = new MemorySystem({ '/home/u/.config/go/env': 'GOPROXY=https://u:hush@a.example\n' })
  const state = await detectGo(sys, placesOf(), signal)
  expect(JSON.stringify(goOverrides(state, placesOf()))).not.toContain('hush')
})

test('docker: what the engine says beats a file that it has not read; the client’s proxies are a matter of their own', async () => {
  const sys = new MemorySystem({
    '/etc/docker/daemon.json':
      '{\n  "registry-mirrors": ["https://written.example"],\n  "proxies": {\n    "https-proxy": "http://u:hush@written:1"\n  }\n}\n',
    '/home/u/.docker/config.json': '{ "proxies": {\n  "default": {\n    "httpsProxy": "http://containers:2" } } }\n',
  })
  const engine: DockerState = {
    ...stopped,
    state: 'running',
    mirrors: ['https://running.example/'],
    proxies: { HTTPS_PROXY: 'http://running:1' },
  }
  const file = '/etc/docker/daemon.json'
  expect(await dockerOverrides(sys, placesOf(), engine)).toEqual([
    {
      target: 'docker',
      name: 'registry-mirrors',
      layers: [
        { value: 'https://running.example/', from: `docker info (${engine.endpoint})`, shell: null, wins: true },
        { value: 'https://written.example', from: `${file}:2`, shell: null, wins: false },
      ],
    },
    {
      target: 'docker',
      name: 'https-proxy',
      layers: [
        { value: 'http://running:1', from: `docker info (${engine.endpoint})`, shell: null, wins: true },
        { value: 'http://••••@written:1', from: `${file}:4`, shell: null, wins: false },
      ],
    },
    {
      target: 'docker',
      name: 'httpsProxy',
      layers: [{ value: 'http://containers:2', from: '/home/u/.docker/config.json:3', shell: null, wins: true }],
    },
  ])
  expect(await dockerOverrides(sys, placesOf(), stopped)).toMatchObject([
    { name: 'registry-mirrors', layers: [{ from: `${file}:2`, wins: true }] },
    { name: 'https-proxy' },
    { name: 'httpsProxy' },
  ])
})

test('docker: files that nobody can parse set nothing', async () => {
  const sys = new MemorySystem({ '/etc/docker/daemon.json': '{', '/home/u/.docker/config.json': '[]' })
  expect(await dockerOverrides(sys, placesOf(), stopped)).toEqual([])
})

test('proxies: the environment, then each shell’s last line, then the files of all users', async () => {
  const sys = new MemorySystem({
    '/home/u/.bashrc': 'export https_proxy=http://first:1\nexport https_proxy="http://last:1"\n',
    '/home/u/.zshrc': 'export HTTPS_PROXY=$(pick)\n',
    '/etc/environment': 'https_proxy=http://all:1\n',
  })
  const found = async (environment: Record<string, string>) =>
    proxyOverrides(placesOf(environment), await detectShells(sys, placesOf(environment)))
  expect(await found({})).toMatchObject([
    {
      name: 'https_proxy',
      layers: [
        { value: 'http://last:1', from: '/home/u/.bashrc:2', shell: 'bash', wins: true },
        { value: 'http://first:1', wins: false },
        { value: 'http://all:1', from: '/etc/environment:1', shell: null, wins: true },
      ],
    },
    { name: 'HTTPS_PROXY', layers: [{ shell: 'zsh', wins: true }] },
  ])
  const [now] = await found({ https_proxy: 'http://now:1' })
  expect(now?.layers.map(({ wins }) => wins)).toEqual([true, false, false, false])
})

test('apt: every entry of the distribution’s own archive counts', async () => {
  const sys = new MemorySystem({
    '/etc/os-release': 'ID=debian\nVERSION_CODENAME=bookworm\n',
    '/etc/apt/sources.list':
      'deb https://m.example/debian bookworm main\ndeb https://m.example/debian-security bookworm-security main\n',
    '/etc/apt/sources.list.d/other.list': 'deb https://other.example/apt stable main\n',
  })
  const [apt] = aptOverrides(await detectApt(sys, placesOf()))
  expect(apt?.layers).toContainEqual({
    value: 'https://m.example/debian',
    from: '/etc/apt/sources.list:1',
    shell: null,
    wins: true,
  })
  expect(JSON.stringify(apt)).not.toContain('other.example')
})

test('npm: the registry that is said to win is the one that npm itself answers with', async () => {
  const home = await makeHome({
    '.npmrc':
      '; mine\nregistry=https://first.example/\nregistry = https://user.example/\n@a:registry=https://a.example/\n',
    'project/package.json': '{}',
    'project/.npmrc': 'registry=https://project.example/\n',
  })
  const PATH = process.env['PATH'] ?? ''
  try {
    for (const [folder, environment] of [
      [home, {}],
      [`${home}/project`, {}],
      [`${home}/project`, { npm_config_registry: 'https://environment.example/' }],
    ] as const) {
      const places = { ...placesOf({ PATH, ...environment }, home), project: { folder, chosen: false } }
      const sys = realSystem()
      const found = await npmOverrides(sys, places, await detectNpm(sys, places, signal), signal)
      const env = { ...environment, HOME: home, PATH, npm_config_cache: '/dev/null/cache', npm_config_logs_max: '0' }
      const answer = await exec(['npm', 'config', 'get', 'registry'], { env, cwd: folder })
      const [registry, scope] = found
      expect(registry?.name).toBe('registry')
      expect(registry?.layers.find(({ wins }) => wins)?.value).toBe(answer.stdout.trim())
      expect(registry?.layers).toContainEqual(
        expect.objectContaining({ value: 'https://user.example/', from: `${home}/.npmrc:3` }),
      )
      expect(scope).toMatchObject({ name: '@a:registry', layers: [{ from: `${home}/.npmrc:4`, wins: true }] })
    }
  } finally {
    await removeHome(home)
  }
})

test('pip: the index that is said to win is the one that pip itself takes', async () => {
  const home = await makeHome({
    '.pip/pip.conf': '[global]\nindex-url = https://old.example/simple\n',
    '.config/pip/pip.conf': '[global]\ntimeout = 5\nindex-url = https://user.example/simple\n',
  })
  const PATH = process.env['PATH'] ?? ''
  try {
    for (const environment of [{}, { PIP_INDEX_URL: 'https://environment.example/simple' }]) {
      const places = placesOf({ PATH, ...environment }, home)
      const [index] = pipOverrides(await detectPip(realSystem(), places))
      // The help names the index that pip would ask as things stand.
      const env = { ...environment, HOME: home, PATH, COLUMNS: '1000' }
      const { stdout } = await exec(['pip3', 'download', '--help'], { env, cwd: '/' })
      const winner = index?.layers.find(({ wins }) => wins)
      expect(winner?.value).toMatch(/^https:/)
      expect(stdout).toContain(`(default ${winner?.value ?? ''})`)
      expect(index?.layers.map(({ from }) => from).slice(-2)).toEqual([
        `${home}/.config/pip/pip.conf:3`,
        `${home}/.pip/pip.conf:2`,
      ])
    }
  } finally {
    await removeHome(home)
  }
})
