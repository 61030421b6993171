import { expect, test } from 'vitest'
import type { DockerState, Override } from '../../contract/machine.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { openFacts } from '../facts.ts'
import { endpointsInUse } from './endpoints.ts'
import type { Endpoint } from './probe.ts'
import { mirror } from './test-means.ts'

const { signal } = new AbortController()

type Given = {
  docker?: Partial<DockerState>
  overrides?: readonly Override[]
  files?: Record<string, string>
  environment?: Record<string, string>
  go?: string
}

async function inUse(given: Given): Promise<readonly Endpoint[]> {
  const { docker = { state: 'not-installed' }, overrides = [], files = {}, environment = {}, go } = given
  const sys = new MemorySystem(files)
  const places = linuxPlaces({
    environment: { HOME: '/home/u', PATH: '/none', ...environment },
    uid: 1000,
    username: 'u',
  })
  const mirrors = { date: '2026-11-01', mirrors: [mirror('docker', 'https://hub.example', { status: 'upstream' })] }
  const parts = {
    ...{ sys, places, mirrors, witnesses: { resolvers: [] }, systemProxy: null, now: () => 0 },
    authorities: () => Promise.resolve(null),
    overrides: () => Promise.resolve(overrides),
  }
  const asked = openFacts(parts, signal)
  const state = { ...(await asked.docker()), endpoint: 'unix:///run/docker.sock', ...docker }
  const tool = {
    path: '/usr/bin/go',
    version: 'go1.26',
    root: '/usr/lib/go',
    defaults: new Map([['GOPROXY', go ?? '']]),
  }
  const facts = {
    ...asked,
    docker: () => Promise.resolve(state),
    overrides: () => Promise.resolve(overrides),
    goTools: () => Promise.resolve(go === undefined ? [] : [tool]),
  }
  return endpointsInUse({ sys, places, facts, mirrors }, signal)
}

const layer = (value: string | null, wins = true): Override['layers'][number] => ({
  ...{ value, from: 'file:1', shell: null, wins },
})
const set = (target: Override['target'], name: string, ...values: string[]): Override => ({
  target,
  name,
  layers: values.map((value, at) => layer(value, at === 0)),
})

test('a list of Go proxies, as far as it is asked', async () => {
  const list = 'https://a.example|https://b.example,direct,https://never.example'
  const found = await inUse({
    overrides: [set('go', 'GOPROXY', list, 'https://hidden.example')],
    go: 'https://d.example',
  })
  expect(found.map(({ url, turn }) => [url, turn.at, turn.passes, turn.beyond])).toEqual([
    ['https://a.example', 0, 'always', true],
    ['https://b.example', 1, 'not-found', true],
  ])
  expect(await inUse({ overrides: [set('go', 'GOPROXY', 'off')], go: 'https://d.example' })).toEqual([])
  expect(await inUse({ overrides: [set('go', 'GOPROXY', 'file:///modules')] })).toEqual([])
})

test('what nobody set is the tool’s own, where the tool is there', async () => {
  expect(await inUse({ go: 'https://d.example,direct' })).toMatchObject([
    { url: 'https://d.example', from: 'default', byDefault: true },
  ])
  expect(await inUse({})).toEqual([])
})

test('a checksum database counts where it has an address', async () => {
  const found = await inUse({ overrides: [set('go', 'GOSUMDB', 'sum.example+key https://sum.example/db')] })
  expect(found).toMatchObject([{ url: 'https://sum.example/db', role: 'checksums' }])
  expect(await inUse({ overrides: [set('go', 'GOSUMDB', 'sum.example')] })).toEqual([])
})

test('registries of npm and its scopes, with what logs in', async () => {
  const files = { '/home/u/.npmrc': '//npm.corp.example/:_authToken=x\n' }
  const overrides = [
    set('npm', 'registry', 'https://registry.example/'),
    set('npm', '@corp:registry', 'https://npm.corp.example/'),
    set('pip', 'index-url', 'https://••••@pip.example/simple'),
  ]
  expect((await inUse({ files, overrides })).map(({ url, role, login }) => [url, role, login])).toEqual([
    ['https://registry.example/', 'source', false],
    ['https://npm.corp.example/', 'scope', true],
    ['https://pip.example/simple', 'source', true],
  ])
})

test('the mirrors of an engine, and the Hub behind them; none of an engine elsewhere', async () => {
  const overrides = [set('docker', 'registry-mirrors', 'https://m1.example https://m2.example')]
  const running = { state: 'running' } as const
  const urls = async (given: Given) => (await inUse(given)).map(({ url, byDefault }) => `${url} ${byDefault}`)
  const mirrors = ['https://m1.example false', 'https://m2.example false']
  expect(await urls({ docker: running, overrides })).toEqual([...mirrors, 'https://hub.example true'])
  expect(await urls({ docker: { state: 'not-running' }, overrides })).toEqual(mirrors)
  expect(await urls({ docker: { ...running, endpoint: 'ssh://far' }, overrides })).toEqual([])
  expect(await urls({ docker: { ...running, endpoint: 'tcp://10.0.0.1:2376' }, overrides })).toEqual([])
  expect(await urls({ docker: { ...running, endpoint: 'tcp://127.0.0.1:2375' }, overrides })).toHaveLength(3)
})

test('hosts of private modules matter where there is a proxy', async () => {
  const overrides = [set('go', 'GOPRIVATE', 'git.corp.example/team,*.corp.example,localname')]
  expect(await inUse({ overrides })).toEqual([])
  const found = await inUse({ overrides, environment: { https_proxy: 'http://p:1' } })
  expect(found).toMatchObject([{ url: 'https://git.corp.example', role: 'private' }])
})

test('of more addresses than anybody uses, those that every package is asked for', async () => {
  const scopes = Array.from({ length: 500 }, (_, at) => set('npm', `@s${at}:registry`, `https://s${at}.example`))
  const found = await inUse({ overrides: [...scopes, set('npm', 'registry', 'https://all.example')] })
  expect(found).toHaveLength(64)
  expect(found[0]).toMatchObject({ role: 'source', url: 'https://all.example' })
})
