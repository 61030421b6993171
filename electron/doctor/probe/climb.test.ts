import type { Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Resolved } from './name.ts'
import { climb, closeServers, endpoint, found, raw, web } from './test-means.ts'

afterEach(closeServers)

const NAME = 'registry.example'
const none = (state: 'unknown' | 'down', others: Resolved['others'] = []): Resolved => ({
  ...{ addresses: [], ms: 5, state, others },
  own: [{ server: '192.168.1.1', answer: state === 'down' ? 'silent' : 'unknown' }],
})
const name = (resolved: Resolved) => ({ name: () => Promise.resolve(resolved) })

test('a registry that is well: every rung is told, and its clock', async () => {
  const url = await web(
    (_, answer) => void answer.setHeader('date', new Date(5000).toUTCString()).end('{"dist-tags":{}}'),
  )
  const { broken, ladder, clock } = await climb(endpoint(url))
  expect(broken).toBeNull()
  expect(ladder.map(({ rung, state }) => `${rung} ${state}`)).toEqual([
    'form ok',
    'dns skipped',
    'tcp ok',
    'proxy skipped',
    'tls skipped',
    'http ok',
    'content ok',
  ])
  expect(clock).toEqual({ theirs: 5000, ours: 1000 })
})

test('an answer out of a cache is as old as the cache says', async () => {
  const url = await web((_, answer) => {
    answer.setHeader('age', '7200')
    answer.setHeader('date', new Date(5000).toUTCString()).end('{"dist-tags":{}}')
  })
  expect((await climb(endpoint(url))).clock).toEqual({ theirs: 7_205_000, ours: 1000 })
})

test('the first broken rung is named, those behind it are not reached', async () => {
  const { broken, ladder } = await climb(endpoint('registry.example'))
  expect(broken).toMatchObject({ rung: 'form', reason: 'form', values: { mended: 'https://registry.example' } })
  expect(ladder.slice(1).every(({ state }) => state === 'not-reached')).toBe(true)
})

test.each([
  ['nobody knows it', none('unknown', [{ server: '1.1.1.1', answer: 'unknown' }]), 'nxdomain', ''],
  [
    'another server knows it',
    none('unknown', [{ server: '1.1.1.1', answer: ['8.8.8.8'] }]),
    'resolver-down',
    '1.1.1.1',
  ],
  ['the server is silent', none('down'), 'resolver-down', ''],
])('a name: %s', async (_, resolved, reason, other) => {
  const { broken } = await climb(endpoint(`https://${NAME}`), { over: name(resolved) })
  expect(broken).toMatchObject({ rung: 'dns', reason })
  if (reason === 'resolver-down') expect(broken?.values['other']).toBe(other)
})

test('a slow name is a remark, and nothing is said of the server', async () => {
  const resolved: Resolved = { ...found('127.0.0.1'), ms: 2400, state: 'slow' }
  const peer = await raw(() => {})
  const url = `http://${NAME}:${peer.split(':')[1]}`
  const { broken, ladder } = await climb(endpoint(url), { over: name(resolved) })
  expect(broken).toMatchObject({ rung: 'dns', reason: 'dns-slow', values: { ms: 2400 } })
  expect(ladder.at(-1)?.state).toBe('not-reached')
})

const tcp = (code: string) => ({
  tcp: () => Promise.resolve({ tried: [{ address: '9.9.9.9', ms: null, code }], best: null, lame: null }),
  trace: () => Promise.resolve(['1: 192.168.1.1']),
})

test.each([
  ['ECONNREFUSED', 'refused'],
  ['ETIMEDOUT', 'filtered'],
  ['EHOSTUNREACH', 'filtered'],
  ['ENETUNREACH', 'filtered'],
  ['ECONNRESET', 'reset'],
])('a connection that ends with %s is %s', async (code, reason) => {
  const { broken } = await climb(endpoint('https://9.9.9.9'), { over: tcp(code) })
  expect(broken).toMatchObject({ rung: 'tcp', reason, values: { peer: '9.9.9.9:443', code } })
  expect(broken?.evidence.includes('1: 192.168.1.1')).toBe(reason === 'filtered')
})

test('IPv6 that programs wait for is a remark where all else is well', async () => {
  const url = await web((_, answer) => void answer.end('{"dist-tags":{}}'))
  const six = { address: '2001:db8::1', ms: null, code: 'ABORTED' }
  const four = { address: '127.0.0.1', ms: 1, code: null }
  const over = { tcp: () => Promise.resolve({ tried: [four, six], best: four, lame: six }) }
  expect((await climb(endpoint(url), { over })).broken).toMatchObject({ reason: 'ipv6-broken' })
  const lost = await web((_, answer) => void answer.writeHead(503).end())
  expect((await climb(endpoint(lost), { over })).broken).toMatchObject({ reason: 'http-5xx' })
})

test('a name is hijacked only where an impossible address, another server’s word and a wrong answer come together', async () => {
  const lame = tcp('ECONNREFUSED')
  const others = (...answer: string[]) => ({ others: () => Promise.resolve([{ server: '1.1.1.1', answer }]) })
  const at = (address: string) => ({ ...name(found(address)), ...lame })
  const way = endpoint(`https://${NAME}`)
  const broken = async (over: object) => (await climb(way, { over })).broken?.reason
  expect(await broken({ ...at('10.0.0.1'), ...others('8.8.4.4') })).toBe('hijacked')
  // Another server sees the same private address: the site is made so.
  expect(await broken({ ...at('10.0.0.1'), ...others('10.0.0.1') })).toBe('refused')
  // Large networks give everybody other addresses.
  expect(await broken({ ...at('8.8.8.8'), ...others('8.8.4.4') })).toBe('refused')
  const url = await web((_, answer) => void answer.end('{"dist-tags":{}}'))
  const alive = endpoint(url.replace('127.0.0.1', 'localhost'))
  expect((await climb(alive, { over: { ...name(found('127.0.0.1')), ...others('8.8.4.4') } })).broken).toBeNull()
})

test.each<[string, (socket: Socket) => void, string, number]>([
  ['wants a password', (socket) => socket.end('HTTP/1.1 407 Proxy\r\ncontent-length: 0\r\n\r\n'), 'proxy-auth', 407],
  ['refuses', (socket) => socket.end('HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n'), 'proxy-refuses', 403],
  ['breaks off', (socket) => socket.resetAndDestroy(), 'proxy-dead', 0],
])('a proxy that %s', async (_, answer, reason, status) => {
  const proxy = await raw((socket) => void socket.once('data', () => answer(socket)))
  const { broken } = await climb(endpoint(`https://${NAME}`), { environment: { https_proxy: `http://${proxy}` } })
  expect(broken).toMatchObject({ rung: 'proxy', reason, values: { proxy: `http://${proxy}`, status } })
})

test('a proxy that is not there', async () => {
  const peer = await raw(() => {})
  closeServers()
  const closed = await climb(endpoint(`https://${NAME}`), { environment: { https_proxy: `http://${peer}` } })
  expect(closed.broken).toMatchObject({ rung: 'proxy', reason: 'proxy-dead' })
})

test('a near host that only the proxy does not reach lacks in NO_PROXY', async () => {
  const proxy = await raw((socket) => void socket.once('data', () => socket.end('HTTP/1.1 403 No\r\n\r\n')))
  const options = (ms: number | null) => {
    const tried = { address: '10.1.1.1', ms, code: ms === null ? 'ETIMEDOUT' : null }
    const over = { tcp: () => Promise.resolve({ tried: [tried], best: ms === null ? null : tried, lame: null }) }
    return { environment: { https_proxy: `http://${proxy}` }, over }
  }
  const reason = async (url: string, ms: number | null) => (await climb(endpoint(url), options(ms))).broken?.reason
  expect(await reason('https://10.1.1.1', 3)).toBe('no-proxy-missing')
  expect(await reason('https://10.1.1.1', null)).toBe('proxy-refuses')
  expect(await reason('https://8.8.8.8', 3)).toBe('proxy-refuses')
})

test('a port that speaks plain http, one that breaks off the handshake, one that leaves it hanging', async () => {
  const plain = await web((_, answer) => void answer.end('hello'))
  const cut = await raw((socket) => void socket.once('data', () => socket.resetAndDestroy()))
  const mute = await raw((socket) => void socket.resume())
  const reason = async (url: string) => (await climb(endpoint(url))).broken
  expect(await reason(plain.replace('http:', 'https:'))).toMatchObject({ rung: 'tls', reason: 'tls-plain' })
  expect(await reason(`https://${cut}`)).toMatchObject({ rung: 'tls', reason: 'tls-handshake' })
  expect(await reason(`https://${mute}`)).toMatchObject({ rung: 'tls', reason: 'tls-handshake' })
})
