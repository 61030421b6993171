import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import {
  connect,
  createServer as createTcpServer,
  type AddressInfo,
  type Server as TcpServer,
  type Socket,
} from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeZoo, type Animal, type Zoo } from '../../../e2e/lab/zoo.ts'
import { type Answer, type Ask, OutError } from '../race/adapter.ts'
import { BudgetSpent, isPage, statusOut } from './errors.ts'
import { type HttpOptions, type MirrorClient, openMirrorHttp } from './client.ts'

let folder: string
let zoo: Zoo
const open: { close(): void }[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'goready-zoo-'))
  zoo = await makeZoo(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

async function listen(server: Server | TcpServer, scheme = 'http', host = '127.0.0.1'): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as AddressInfo
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}
const http = (listener: RequestListener): Promise<string> => listen(createServer(listener))
const https = (animal: Animal, listener: RequestListener): Promise<string> =>
  listen(createSecureServer(zoo.of[animal], listener), 'https')
const tcp = (body: (socket: Socket) => void): Promise<string> => listen(createTcpServer(body))

function client(options: Partial<HttpOptions> = {}): MirrorClient {
  const one = openMirrorHttp({ environment: {}, authorities: [zoo.ca], ...options })
  open.push(one)
  return one
}
const never = new AbortController().signal
const ask = (url: string, request: Ask = {}, options: Partial<HttpOptions> = {}): Promise<Answer> =>
  client(options).ask(url, request, never)
const text = ({ body }: Answer): string => Buffer.from(body).toString()

async function out(url: string, request: Ask = {}, options: Partial<HttpOptions> = {}): Promise<OutError> {
  try {
    await ask(url, request, options)
  } catch (error) {
    if (error instanceof OutError) return error
    throw error
  }
  throw new Error('it answered')
}

test('an answer has its status, headers, body and the times of its parts', async () => {
  const plain = await ask(`${await http((_, response) => response.setHeader('X-A', 'b').end('hello'))}/x?y=1`)
  expect(plain).toMatchObject({ status: 200, complete: true, via: null, timings: { tlsMs: null } })
  expect(plain.headers['x-a']).toBe('b')
  expect(text(plain)).toBe('hello')
  const secure = await ask(await https('good', (_, response) => response.end('hello')))
  expect(secure.timings.connectMs).toBeGreaterThan(0)
  expect(secure.timings.tlsMs).toBeGreaterThan(0)
  expect(secure.timings.totalMs).toBeGreaterThanOrEqual(secure.timings.firstByteMs ?? Infinity)
})

test('a status is an answer; what it means for a mirror is said in one place', async () => {
  const cases: [number, string][] = [
    [401, 'login'],
    [403, 'denied'],
    [404, 'not-found'],
    [410, 'not-found'],
    [429, 'rate-limited'],
    [503, 'server-error'],
    [400, 'not-artefact'],
  ]
  for (const [status, reason] of cases) {
    const url = await http((_, response) => response.writeHead(status, { 'Retry-After': '30' }).end('no'))
    expect(statusOut(await ask(url))).toMatchObject({ reason, message: `HTTP ${status}, Retry-After: 30` })
  }
  const page = await ask(await http((_, response) => response.end('\n <!DOCTYPE html><title>log in</title>')))
  expect(statusOut(page)).toBeNull()
  expect(isPage(page)).toBe(true)
  expect(isPage(await ask(await http((_, response) => response.end('v1.0.0\n'))))).toBe(false)
})

test.each<[Animal, RegExp]>([
  ['expired', /^expired 20/],
  ['not-yet', /^not valid before 20/],
  ['wrong-host', /^names DNS:mirror\.example/],
  ['unknown', /UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN/],
  // BoringSSL names only the unknown authority; the date has to be looked at.
  ['expired-unknown', /^expired 20/],
  ['self-signed', /DEPTH_ZERO_SELF_SIGNED_CERT/],
])('a certificate that is %s puts the mirror out and says so, and nothing is sent to it', async (animal, cause) => {
  let asked = 0
  const error = await out(await https(animal, (_, response) => response.end(String(asked++))))
  expect(error.reason).toBe('certificate')
  expect(error.message).toMatch(cause)
  expect(asked).toBe(0)
})

test('what stands in for the network is told apart', async () => {
  expect((await out('http://127.0.0.7:28999')).reason).toBe('refused-connection')
  expect((await out('http://no-such-host.invalid/')).reason).toBe('dns')
  expect((await out((await http((_, r) => r.end())).replace('http:', 'https:'))).reason).toBe('tls')
  expect(
    (await out(await tcp((socket) => socket.once('data', () => socket.write('220 ftp.example ready\r\n'))))).reason,
  ).toBe('not-artefact')
  expect((await out(await tcp((socket) => socket.destroy()))).reason).toBe('cut')
  expect((await out(await tcp((socket) => socket.resetAndDestroy()))).reason).toBe('cut')
})

test('a body that is cut is no body, with a length and in chunks', async () => {
  const length = await http((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setTimeout(() => response.destroy(), 20)
  })
  expect((await out(length)).reason).toBe('cut')
  const chunked = await http((_, response) => {
    response.write('half')
    setTimeout(() => response.destroy(), 20)
  })
  expect((await out(chunked)).reason).toBe('cut')
})

test('every silence ends: before the connection speaks, before the headers, within the body', async () => {
  const silent = await tcp(() => {})
  expect((await out(silent, { timeout: 150 })).reason).toBe('timeout')
  expect((await out(silent.replace('http:', 'https:'), { timeout: 150 })).reason).toBe('timeout')
  const stalled = await http((_, response) => response.writeHead(200, { 'content-length': '9' }).write('a'))
  expect(await out(stalled, { timeout: 150 })).toMatchObject({ reason: 'timeout', message: 'no answer within 150 ms' })
  // Drops that keep coming are not an end either.
  const dripping = await http((_, response) => {
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  })
  expect((await out(dripping, { timeout: 150 })).reason).toBe('timeout')
})

test('what a request names for itself is bounded by what the profile lets everybody wait', async () => {
  const silent = await tcp(() => {})
  expect(await out(silent, { timeout: 60_000 }, { most: 150 })).toMatchObject({
    reason: 'timeout',
    message: 'no answer within 150 ms',
  })
  await expect(client({ most: 150 }).connect(silent.replace('http:', 'https:'), 60_000, never)).rejects.toMatchObject({
    reason: 'timeout',
  })
})

test('a POST carries its body, and a redirect that is not to be followed is an answer', async () => {
  const server = await http((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => response.writeHead(body === 'hello' ? 307 : 400, { location: '/x' }).end(request.method))
  })
  const answer = await ask(server, { method: 'POST', body: 'hello', follow: false })
  expect([answer.status, text(answer)]).toEqual([307, 'POST'])
})

test('redirects are followed five times, never from https to http, and only to web addresses', async () => {
  const hops = await http((request, response) => {
    const n = Number(request.url?.slice(1))
    if (n === 0) response.end('there')
    else response.writeHead(302, { location: `/${n - 1}` }).end()
  })
  const there = await ask(`${hops}/5`)
  expect([text(there), there.url]).toEqual(['there', `${hops}/0`])
  expect((await out(`${hops}/6`)).reason).toBe('redirects')
  expect((await ask(`${hops}/1`, { follow: false })).status).toBe(302)
  const loop = await http((_, response) => response.writeHead(301, { location: '/' }).end())
  expect((await out(loop)).reason).toBe('redirects')
  const down = await https('good', (_, response) => response.writeHead(302, { location: hops }).end())
  expect(await out(down)).toMatchObject({ reason: 'redirects', message: expect.stringContaining('from https') })
  const file = await http((_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end())
  expect((await out(file)).reason).toBe('redirects')
})

test('credentials go to their own origin only and stand in no text', async () => {
  const heard: string[] = []
  const hear =
    (location: string | null): RequestListener =>
    (request, response) => {
      heard.push(request.headers.authorization ?? '-')
      if (location === null || request.url === '/in') response.end('ok')
      else response.writeHead(302, { location }).end()
    }
  const other = await http(hear(null))
  const [away, inside] = [await http(hear(other)), await http(hear('/in'))]
  const named = (url: string): string => url.replace('://', '://user:p%40hush@')
  const basic = `Basic ${Buffer.from('user:p@hush').toString('base64')}`
  const answer = await ask(named(away))
  expect(heard.splice(0)).toEqual([basic, '-'])
  expect(JSON.stringify({ ...answer, body: null })).not.toContain('hush')
  await ask(named(inside))
  expect(heard.splice(0)).toEqual([basic, basic])
  await ask(away, { headers: { Authorization: 'Bearer hush' } })
  expect(heard.splice(0)).toEqual(['Bearer hush', '-'])
  expect((await out(named('http://127.0.0.7:28999/'))).message).not.toContain('hush')
})

test('a body is cut at what the asker wants, and counted', async () => {
  const url = await http((_, response) => response.end(Buffer.alloc(5_000_000)))
  const one = client()
  const answer = await one.ask(url, { maxBytes: 1000 }, never)
  expect([answer.body.length, answer.complete]).toEqual([1000, false])
  expect(one.bytes()).toBeGreaterThanOrEqual(1000)
  expect(one.bytes()).toBeLessThan(2_000_000)
  const whole = await one.ask(url, { maxBytes: 5_000_000 }, never)
  expect(whole.complete).toBe(true)
})

test('nothing is read beyond the budget', async () => {
  const url = await http((_, response) => response.end(Buffer.alloc(50_000_000)))
  const one = client({ budget: 3_000_000 })
  const reading = { onStart: () => {}, onBytes: () => true }
  await expect(one.read(url, { timeout: 20_000 }, reading, never)).rejects.toBeInstanceOf(BudgetSpent)
  await expect(one.ask(url, {}, never)).rejects.toBeInstanceOf(BudgetSpent)
  expect(one.bytes()).toBeLessThan(5_000_000)
})

test('a connection that was opened before is used by the next request, and an abort closes everything', async () => {
  let connections = 0
  const closed: Promise<void>[] = []
  const server = createSecureServer(zoo.of.good, (_, response) => response.end('x'))
  server.on('secureConnection', (socket: Socket) => {
    connections++
    closed.push(new Promise((resolve) => socket.once('close', () => resolve())))
  })
  const url = await listen(server, 'https')
  const one = client()
  const opened = await one.connect(url, 2000, never)
  expect(opened.connectMs).toBeGreaterThan(0)
  expect(opened.tlsMs).toBeGreaterThan(0)
  expect((await one.ask(url, {}, never)).timings).toMatchObject({ connectMs: opened.connectMs, tlsMs: opened.tlsMs })
  // Kept alive: nothing was dialled for it.
  expect((await one.ask(url, {}, never)).timings).toMatchObject({ connectMs: null, tlsMs: null })
  await one.connect(url, 2000, never)
  await expect.poll(() => connections).toBe(2)
  one.close()
  await Promise.all(closed)
  await expect(one.ask(url, {}, never)).rejects.toThrow('closed')
})

test('an abort of the asker is his own, not the mirror’s fault', async () => {
  const url = await tcp(() => {})
  const stop = new AbortController()
  const asked = client().ask(url, {}, stop.signal)
  stop.abort(new Error('enough'))
  await expect(asked).rejects.toThrow('enough')
})

test('IPv6 and a name with a dead address before the living one', async () => {
  const server = createServer((_, response) => response.end('six'))
  expect(text(await ask(await listen(server, 'http', '::1')))).toBe('six')
  // localhost is ::1 and 127.0.0.1 here; only one of them listens.
  const four = await http((_, response) => response.end('four'))
  expect(text(await ask(four.replace('127.0.0.1', 'localhost')))).toBe('four')
})

/** A proxy that sends every name to this machine, with a password if asked for. */
async function proxy(to: string, password = ''): Promise<{ url: string; heard: string[] }> {
  const heard: string[] = []
  const { port } = new URL(to)
  const wanted = `Basic ${Buffer.from(`user:${password}`).toString('base64')}`
  const right = (header: string | undefined): boolean => password === '' || header === wanted
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`)
    if (!right(request.headers['proxy-authorization'])) return response.writeHead(407).end()
    return response.end('through the proxy')
  })
  server.on('connect', (request, socket: Socket) => {
    heard.push(`CONNECT ${request.url}`)
    socket.on('error', () => {})
    if (!right(request.headers['proxy-authorization'])) return socket.end('HTTP/1.1 407 No\r\n\r\n')
    const there = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      there.pipe(socket).pipe(there)
    })
    return there.on('error', () => socket.destroy())
  })
  return { url: await listen(server), heard }
}

test('plain HTTP goes through a proxy as it is, https by a tunnel; the proxy is named without its password', async () => {
  const to = await https('wrong-host', (_, response) => response.end('secret end'))
  const { url, heard } = await proxy(to, 'hush')
  const environment = {
    http_proxy: url.replace('://', '://user:hush@'),
    HTTPS_PROXY: url.replace('://', '://user:hush@'),
  }
  const plain = await ask('http://mirror.example/a?b', {}, { environment })
  expect([text(plain), plain.via]).toEqual(['through the proxy', url])
  const secure = await ask('https://mirror.example/a', {}, { environment })
  expect([text(secure), secure.via]).toEqual(['secret end', url])
  expect(secure.timings.tlsMs).toBeGreaterThan(0)
  expect(heard).toEqual(['GET http://mirror.example/a?b', 'CONNECT mirror.example:443'])
  // Seen through the tunnel as well.
  expect(await out('https://other.example/', {}, { environment })).toMatchObject({ reason: 'certificate' })
})

test('a proxy that refuses, is gone or wants another password is the proxy’s fault', async () => {
  const to = await https('good', (_, response) => response.end('x'))
  const { url } = await proxy(to, 'hush')
  const wrong = { HTTPS_PROXY: url.replace('://', '://user:guess@') }
  const refused = await out('https://mirror.example/', {}, { environment: wrong })
  expect(refused).toMatchObject({ reason: 'proxy', message: expect.stringContaining('407') })
  expect(refused.message).not.toContain('guess')
  for (const scheme of ['http', 'socks5']) {
    const environment = { ALL_PROXY: `${scheme}://127.0.0.7:28999` }
    expect((await out('https://mirror.example/', {}, { environment })).reason).toBe('proxy')
    expect((await out('http://mirror.example/', {}, { environment })).reason).toBe('proxy')
  }
})

test('SOCKS5 and the proxy that the system names', async () => {
  const to = await http((_, response) => response.end('behind socks'))
  const { port } = new URL(to)
  const names: string[] = []
  const socks = await tcp((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]))
      socket.once('data', (wish) => {
        names.push(wish.subarray(5, 5 + (wish[4] ?? 0)).toString())
        const there = connect(Number(port), '127.0.0.1', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]))
          there.pipe(socket).pipe(there)
        })
      })
    })
  })
  const host = new URL(socks).host
  const system = (): Promise<string> => Promise.resolve(`SOCKS5 ${host}`)
  const answer = await ask('http://mirror.example/', {}, { system })
  expect([text(answer), answer.via]).toEqual(['behind socks', `socks5://${host}`])
  // The proxy resolves the name: here it may lie.
  expect(names).toEqual(['mirror.example'])
})
