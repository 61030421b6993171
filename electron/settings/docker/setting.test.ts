import { expect, test } from 'vitest'
import type { DockerState } from '../../contract/machine.ts'
import { darwinPlaces } from '../../platform/darwin/places.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { dockerSetting } from './setting.ts'

const places = linuxPlaces({ environment: { HOME: '/home/u' }, uid: 0, username: 'u' })
const FILE = '/etc/docker/daemon.json'
const engine: DockerState = {
  state: 'running',
  endpoint: 'unix:///var/run/docker.sock',
  source: 'default',
  context: null,
  flavour: 'docker-engine',
  version: '20.10.24',
  apiVersion: '1.41',
  os: 'linux',
  arch: 'x86_64',
  storage: 'overlay2',
  containerdStore: false,
  mirrors: [],
  proxies: {},
  configFile: FILE,
  cause: null,
}

function plan(
  mirrors: readonly string[],
  file: string | null = null,
  changes: Partial<DockerState> = {},
  flags: readonly string[] = [],
) {
  const bytes = file === null ? null : new TextEncoder().encode(file)
  const state = { engine: { ...engine, ...changes }, path: changes.configFile ?? FILE, bytes, flags, writable: true }
  return dockerSetting.plan(state, { mirrors, direct: false }, places)
}

test('one edit of one key, which the daemon is told about', () => {
  expect(plan(['https://m.example'], '{"debug": true}')).toEqual([
    {
      target: { kind: 'file', path: FILE, format: 'daemon-json', mode: 0o644, notify: ['docker-reload'] },
      owner: 'docker',
      key: 'registry-mirrors',
      before: null,
      after: ['https://m.example'],
    },
  ])
  expect(plan([], '{"registry-mirrors": ["x"]}')).toMatchObject([{ before: ['x'], after: null }])
})

test('the same mirrors give no edit; the slash that Docker adds does not count, the order does', () => {
  expect(
    plan(
      ['https://a.example', 'https://b.example/'],
      '{"registry-mirrors": ["https://a.example/", "https://b.example"]}',
    ),
  ).toEqual([])
  expect(
    plan(
      ['https://b.example', 'https://a.example'],
      '{"registry-mirrors": ["https://a.example", "https://b.example"]}',
    ),
  ).toHaveLength(1)
  expect(plan([])).toEqual([])
  expect(plan([], '{"registry-mirrors": []}')).toEqual([])
})

test('a path in the address needs engine 24', () => {
  expect(() => plan(['https://m.example/v2'])).toThrow(expect.objectContaining({ code: 'docker-mirror-path' }))
  expect(() => plan(['https://m.example/v2'], null, { version: '23.0.6' })).toThrow()
  expect(plan(['https://m.example/v2'], null, { version: '24.0.0' })).toHaveLength(1)
  expect(plan(['https://m.example/'], null)).toHaveLength(1)
})

test('a broken file is refused with path and line', () => {
  expect(() => plan(['https://m.example'], '{\n"a": 1,\n}')).toThrow(
    expect.objectContaining({ code: 'unparsable-file', values: { path: FILE, line: 3 } }),
  )
})

test('a mirror that is already given as a flag would stop the daemon', () => {
  expect(() => plan(['https://m.example'], null, {}, ['https://x.example'])).toThrow(
    expect.objectContaining({ code: 'docker-refused-config' }),
  )
})

test('an engine that does not read our file is refused instead of writing the wrong one', () => {
  for (const changes of [
    { flavour: 'colima' as const, configFile: null },
    { endpoint: 'tcp://far:2376', flavour: 'unknown' as const, configFile: null },
  ])
    expect(() => plan(['https://m.example'], null, changes)).toThrow(expect.objectContaining({ code: 'not-yet' }))
  const rootless = { flavour: 'rootless' as const, configFile: '/home/u/.config/docker/daemon.json' }
  expect(plan(['https://m.example'], null, rootless)[0]?.target.path).toBe('/home/u/.config/docker/daemon.json')
  expect(
    plan(['https://m.example'], null, { state: 'not-installed', endpoint: '', flavour: 'unknown', configFile: null }),
  ).toHaveLength(1)
})

test("a Mac's engine reads no file of ours, whatever it says of itself: images come by the mirror's own name", async () => {
  const mac = darwinPlaces({
    environment: { HOME: '/Users/u' },
    uid: 501,
    username: 'u',
    arch: 'arm64',
    isFolder: () => false,
  })
  const own: DockerState = { ...engine, flavour: 'unknown', configFile: null }
  const state = { engine: own, path: '/etc/docker/daemon.json', bytes: null, flags: [], writable: false }
  const mirrors = ['https://m.example']
  expect(() => dockerSetting.plan(state, { mirrors, direct: false }, mac)).toThrow(
    expect.objectContaining({ code: 'not-yet' }),
  )
  const profile = { version: 1 as const, image: 'golang:1.26', sources: { docker: mirrors } }
  const never = () => Promise.reject(new Error('no race'))
  const chosen = await dockerSetting.choose(profile, state, never, new AbortController().signal)
  expect(chosen?.choice).toEqual({ mirrors, direct: true })
})
