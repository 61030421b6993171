import { expect, test } from 'vitest'
import type { DockerState } from '../../contract/machine.ts'
import type { Way } from '../../core/setting.ts'
import { MemorySystem } from '../../system/memory.ts'
import { dockerHandler } from './handler.ts'

const FILE = '/etc/docker/daemon.json'
const bytes = (text: string | null): Uint8Array | null => (text === null ? null : new TextEncoder().encode(text))
const text = (raw: Uint8Array | null): string | null => raw && new TextDecoder().decode(raw)

function engine(state: DockerState['state'], mirrors: string[] = [], cause: string | null = null): DockerState {
  return {
    state,
    endpoint: 'unix:///x.sock',
    source: 'default',
    context: null,
    flavour: 'docker-engine',
    version: null,
    apiVersion: null,
    os: null,
    arch: null,
    storage: null,
    containerdStore: false,
    mirrors,
    proxies: {},
    configFile: FILE,
    cause,
  }
}

/** A daemon that shows the given states one after the other; the last one stays. */
function setUp(states: DockerState[], validate?: { code: number; stderr: string }) {
  const sys = new MemorySystem()
  const log: string[] = []
  sys.programs.set('/usr/sbin/dockerd', (argv) => {
    log.push(`validate ${argv.slice(1).join(' ')}`)
    return validate ?? {}
  })
  const handler = dockerHandler({
    reload: (_sys, path) => Promise.resolve(void log.push(`reload ${path}`)),
    state: () => {
      const [now] = states
      if (!now) throw new Error('no state')
      if (states.length > 1) states.shift()
      return Promise.resolve(now)
    },
    daemon: () => Promise.resolve(validate ? '/usr/sbin/dockerd' : null),
    every: 1,
    most: 40,
  })
  const { signal } = new AbortController()
  return {
    log,
    notice: (file: string | null, way: Way = 'apply') => handler.notice(sys, FILE, bytes(file), signal, way),
    shown: async (file: string | null) => text((await handler.shown?.(sys, bytes(file), signal)) ?? null),
    interim: async (from: string | null, to: string | null) =>
      text(await handler.interim(sys, bytes(from), bytes(to), signal)),
  }
}
const MIRROR = '{"registry-mirrors": ["https://m.example"]}'

test('reloads and waits until the engine shows the mirrors', async () => {
  const states = [
    engine('running'),
    engine('running'),
    engine('unreachable'),
    engine('running', ['https://m.example/']),
  ]
  const { log, notice } = setUp(states)
  await notice(MIRROR)
  expect(log).toEqual([`reload ${FILE}`])
  expect(states).toHaveLength(1)
})

test.each(['not-running', 'not-installed'] as const)('%s: there is nothing to reload', async (state) => {
  const { log, notice } = setUp([engine(state)])
  await notice(MIRROR)
  expect(log).toEqual([])
})

test('a file that the daemon would refuse is not even offered to it', async () => {
  const { log, notice } = setUp([engine('running')], { code: 1, stderr: 'unable to configure' })
  await expect(notice(MIRROR)).rejects.toMatchObject({
    code: 'docker-refused-config',
    message: expect.stringContaining('unable'),
  })
  expect(log).toEqual([`validate --validate --config-file=${FILE}`])
})

test.each([
  ['{"debug": true,}'],
  ['{"registry-mirrors": "https://m.example"}'],
  ['{"registry-mirrors": ["m.example"]}'],
])('%s, which no daemon takes, is given back without a reload', async (file) => {
  const { log, notice } = setUp([engine('running', ['https://m.example/'])])
  await notice(file, 'back')
  expect(log).toEqual([])
})

test('what the daemon itself refuses is given back without a reload', async () => {
  const { log, notice } = setUp([engine('running')], { code: 1, stderr: 'unable to configure' })
  await notice(MIRROR, 'back')
  expect(log).toEqual([`validate --validate --config-file=${FILE}`])
})

test('an old dockerd that knows no --validate has given no verdict', async () => {
  const { log, notice } = setUp([engine('running', ['https://m.example/'])], {
    code: 125,
    stderr: 'unknown flag: --validate',
  })
  await notice(MIRROR)
  expect(log).toHaveLength(2)
})

test('mirrors that are not taken, a daemon that is gone, no permission: a code each', async () => {
  await expect(setUp([engine('running', ['https://old.example/'])]).notice(MIRROR)).rejects.toMatchObject({
    code: 'docker-refused-config',
    message: expect.stringContaining('old.example'),
  })
  await expect(
    setUp([engine('running'), engine('not-running', [], 'ECONNREFUSED')]).notice(MIRROR),
  ).rejects.toMatchObject({
    code: 'docker-reload-failed',
    message: expect.stringContaining('ECONNREFUSED'),
  })
  await expect(setUp([engine('no-permission')]).notice(MIRROR)).rejects.toMatchObject({ code: 'docker-no-permission' })
})

test('a key that would disappear is emptied first, because dockerd keeps what merely disappears', async () => {
  const taken = engine('running', ['https://m.example/'])
  const interim = (from: string | null, to: string | null, state = taken) => setUp([state]).interim(from, to)
  expect(await interim(MIRROR, '{"debug": true}')).toBe('{"debug": true, "registry-mirrors": []}')
  expect(await interim(MIRROR, null)).toBe('{\n  "registry-mirrors": []\n}\n')
  expect(await interim(MIRROR, '{"registry-mirrors": ["https://b.example"]}')).toBeNull()
  expect(await interim(MIRROR, '{"registry-mirrors": []}')).toBeNull()
  expect(await interim('{"registry-mirrors": []}', null)).toBeNull()
  expect(await interim(null, MIRROR)).toBeNull()
  expect(await interim(MIRROR, '{broken')).toBeNull()
  // It refused them: there is nothing that it would have to forget.
  expect(await interim(MIRROR, '{}', engine('running', ['https://flag.example/']))).toBeNull()
})

test('a cancel ends the waiting', async () => {
  const controller = new AbortController()
  const handler = dockerHandler({
    reload: () => Promise.resolve(controller.abort()),
    state: () => Promise.resolve(engine('running')),
    daemon: () => Promise.resolve(null),
  })
  await expect(
    handler.notice(new MemorySystem(), FILE, bytes(MIRROR), controller.signal, 'apply'),
  ).rejects.toMatchObject({
    name: 'AbortError',
  })
})

test('what the engine keeps although its file has lost it is what the file is taken to have said', async () => {
  const kept = (file: string | null, state: DockerState['state'] = 'running', mirrors = ['https://m.example']) =>
    setUp([engine(state, mirrors)]).shown(file)
  const file = '{"debug": true}'
  const shown = await kept(file)
  expect(JSON.parse(shown ?? '')).toEqual({ debug: true, 'registry-mirrors': ['https://m.example'] })
  const { interim } = setUp([engine('running', ['https://m.example'])])
  expect(JSON.parse((await interim(shown, file)) ?? '')).toEqual({ debug: true, 'registry-mirrors': [] })
  expect(JSON.parse((await kept(null)) ?? '')).toEqual({ 'registry-mirrors': ['https://m.example'] })
  // What the file says, an engine without any, one that does not run, and what does not parse.
  expect(await kept(MIRROR)).toBe(MIRROR)
  expect(await kept(file, 'running', [])).toBe(file)
  expect(await kept(file, 'not-running')).toBe(file)
  expect(await kept('{')).toBe('{')
})
