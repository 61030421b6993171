import { expect, test } from 'vitest'
import type { Found } from '../../check.ts'
import type { Broken, Endpoint, Probe } from '../../probe/probe.ts'
import { endpoint } from '../../probe/test-means.ts'
import { contextWith } from './test-context.ts'
import { networkWaysCheck } from './ways.ts'

const { signal } = new AbortController()
const ROUTE = {
  '/proc/net/route': 'Iface\tDestination\neth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n',
}

const broken = (reason: string, values: Broken['values'] = {}, rung: Broken['rung'] = 'http'): Broken => ({
  ...{ rung, reason, values, evidence: [`seen ${reason}`] },
})
const probe = (url: string, more: Partial<Endpoint>, fault: Broken | null): Probe => ({
  endpoint: endpoint(url, more),
  ladder: [{ rung: 'content', state: fault === null ? 'ok' : 'not-reached', detail: '' }],
  broken: fault,
  tls: null,
  clock: null,
})

type Given = Parameters<typeof contextWith>[0]
const look = async (probes: readonly Probe[], given: Given = {}): Promise<readonly Found[]> =>
  (await networkWaysCheck.check(contextWith({ files: ROUTE, ...given, probes }), signal)).found

test('every code that is answered is one of the check’s', async () => {
  const reasons = networkWaysCheck.codes.map((code) => code.slice('network.'.length)).filter((one) => one !== 'offline')
  for (const reason of reasons) {
    const [found] = await look([probe('https://a.example', {}, broken(reason))])
    expect(networkWaysCheck.codes).toContain(found?.code)
  }
  expect(await look([probe('https://a.example', {}, null)])).toEqual([])
})

test('an address of the user’s own file is mended there, and only there', async () => {
  const files = { ...ROUTE, '/home/u/.npmrc': 'color=always\nregistry=registry.example\n' }
  const fault = broken('form', {}, 'form')
  const [own] = await look([probe('registry.example', { from: '/home/u/.npmrc:2' }, fault)], { files })
  expect(own?.repairs).toMatchObject([
    {
      kind: 'edits',
      safe: true,
      edits: [{ key: 'registry', before: 'registry.example', after: 'https://registry.example' }],
    },
  ])
  const [shared] = await look([probe('registry.example', { from: '/etc/npmrc:2' }, fault)], { files })
  expect(shared?.repairs).toEqual([])
})

test('a list with a password in it is not written anew without it', async () => {
  const repairs = async (list: string) => {
    const more = { target: 'go', from: '/home/u/.config/go/env:1' } as const
    const turn = (at: number) => ({ list, at, passes: 'always', beyond: false }) as const
    const [found] = await look([
      probe('https://dead.example', { ...more, turn: turn(0) }, broken('http-5xx')),
      probe('https://own.example', { ...more, turn: turn(1) }, null),
    ])
    return found?.repairs?.map((one) => one.kind === 'profile' && one.profile.sources)
  }
  expect(await repairs('https://dead.example|https://own.example')).toEqual([{ go: 'https://own.example' }])
  expect(await repairs('https://dead.example|https://••••@own.example')).toEqual([])
})

test('another source is offered where that would count, and where another one helps', async () => {
  const kinds = async (reason: string, from: string) =>
    (await look([probe('https://a.example', { from }, broken(reason))])).flatMap(({ repairs = [] }) =>
      repairs.map((one) => (one.kind === 'profile' ? one.profile.sources : one.kind)),
    )
  expect(await kinds('http-5xx', '/home/u/.npmrc:1')).toEqual([{ npm: 'auto' }])
  expect(await kinds('http-5xx', 'default')).toEqual([{ npm: 'auto' }])
  expect(await kinds('http-5xx', 'environment')).toEqual([])
  for (const reason of ['portal', 'resolver-down', 'proxy-dead', 'http-429'])
    expect(await kinds(reason, '/home/u/.npmrc:1')).toEqual([])
})

test('of a list the others are kept', async () => {
  const turn = (list: string, at: number, beyond: boolean) => ({
    turn: { list, at, passes: 'always' as const, beyond },
  })
  const from = '/home/u/.config/go/env:1'
  const go = await look([
    probe('https://a.example', { target: 'go', from, ...turn('a|b', 0, true) }, broken('refused', { peer: 'a' })),
    probe('https://b.example', { target: 'go', from, ...turn('a|b', 1, true) }, null),
  ])
  expect(go[0]?.repairs).toMatchObject([{ profile: { sources: { go: 'https://b.example|direct' } } }])
  const docker = await look([
    probe('https://a.example', { target: 'docker', ...turn('m', 0, true) }, broken('refused', { peer: 'a' })),
    probe('https://b.example', { target: 'docker', ...turn('m', 1, true) }, null),
    probe('https://hub.example', { target: 'docker', byDefault: true, ...turn('m', 2, false) }, null),
  ])
  expect(docker[0]?.repairs).toMatchObject([{ profile: { sources: { docker: ['https://b.example'] } } }])
})

test('a machine without a network is one finding, whatever was asked', async () => {
  const files = { '/proc/net/route': 'Iface\tDestination\n', '/proc/net/ipv6_route': '' }
  const all = ['a', 'b', 'c'].map((name) =>
    probe(`https://${name}.example`, {}, broken('filtered', { peer: name }, 'tcp')),
  )
  expect(await look(all, { files })).toMatchObject([
    { code: 'network.offline', severity: 'error', values: { count: 3 } },
  ])
  const byDefault = all.map((one) => ({ ...one, endpoint: { ...one.endpoint, byDefault: true } }))
  expect(await look(byDefault, { files })).toMatchObject([{ code: 'network.offline', severity: 'warning' }])
})

test('the line for NO_PROXY keeps what stands there', async () => {
  const fault = broken('no-proxy-missing', { host: '10.1.1.1', proxy: 'http://p:1' }, 'proxy')
  const [found] = await look([probe('https://10.1.1.1', {}, fault)], { environment: { no_proxy: 'localhost, .corp' } })
  expect(found).toMatchObject({ subject: '10.1.1.1', values: { noProxy: 'export NO_PROXY=localhost,.corp,10.1.1.1' } })
})

test('a list that go cannot read is Go’s business', async () => {
  const list = { list: 'htps://a.example', at: 0, passes: 'never', beyond: false } as const
  expect(await look([probe('htps://a.example', { target: 'go', turn: list }, broken('form', {}, 'form'))])).toEqual([])
})

test('a default of the tool’s that cannot be had has words of its own: nobody wrote it down to correct it', async () => {
  const [found] = await look([probe('https://a.example', { from: 'default', byDefault: true }, broken('nxdomain'))])
  expect(found).toMatchObject({ code: 'network.official-unreachable', severity: 'warning' })
  expect(found?.evidence?.join()).toContain('nxdomain')
  const [proxy] = await look([probe('https://a.example', { from: 'default', byDefault: true }, broken('proxy-dead'))])
  expect(proxy?.code).toBe('network.proxy-dead')
})
