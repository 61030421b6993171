import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import type { RequestListener } from 'node:http'
import { createServer as createSecureServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { goAdapter } from '../electron/mirrors/targets/go.ts'
import { makeCertificates } from './lab/certificates.ts'
import { type GoProxy, startGoProxy } from './lab/goproxy.ts'
import { type Animal, makeZoo, ZOO, type Zoo } from './lab/zoo.ts'
import { candidate, checkAll, closeAll, listen, openHttp } from './mirror-support.ts'

let folder: string
let zoo: Zoo
let proxy: GoProxy
const secure: Server[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grl-mirror-reasons-'))
  zoo = await makeZoo(join(folder, 'zoo'))
  await mkdir(join(folder, 'proxy'))
  const certificates = await makeCertificates(join(folder, 'tls'), ['IP:127.0.0.1'])
  proxy = await startGoProxy(join(folder, 'proxy'), '127.0.0.2', certificates)
})

afterEach(() => {
  closeAll()
  proxy.faults.clear()
  for (const server of secure.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

afterAll(async () => {
  await proxy.stop()
  await rm(folder, { recursive: true, force: true })
})

const PROOF = { path: 'github.com/pkg/errors', version: 'v0.9.1' }
const BULK = { path: 'github.com/google/uuid', version: 'v1.3.0' }
const adapter = () => goAdapter({ sumdb: proxy.sumdb, proof: PROOF, bulk: BULK }, Date.now)

/** Every address beside an honest one: nothing of its trouble may touch the other. */
async function reasonOf(url: string, timeout?: number): Promise<string | undefined> {
  const candidates = [candidate('x', url), candidate('honest', honest)]
  const { reasons } = await checkAll(adapter(), candidates, openHttp([zoo.ca], timeout))
  expect(reasons.honest).toBeUndefined()
  return reasons.x
}

let honest = ''
/** The true proxy; `change` may answer in its place. */
function relay(change: (...asked: Parameters<RequestListener>) => boolean = () => false): RequestListener {
  return (request, response) => {
    if (change(request, response)) return
    const { range } = request.headers
    fetch(`${proxy.url}${request.url ?? ''}`, { headers: range === undefined ? {} : { range } })
      .then(async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer())
        response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body)
      })
      .catch(() => response.destroy())
  }
}

async function https(animal: Animal): Promise<string> {
  const server = createSecureServer(zoo.of[animal], relay())
  secure.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('only the certificate that is right for its host, in its time, by a known authority lets a mirror in', async () => {
  honest = await listen(relay())
  for (const animal of ZOO)
    expect([animal, await reasonOf(await https(animal))]).toEqual([
      animal,
      animal === 'good' ? undefined : 'certificate',
    ])
})

test('no TLS at all, nobody at the port, no such name', async () => {
  honest = await listen(relay())
  const plain = await listen(relay())
  expect(await reasonOf(plain.replace('http:', 'https:'))).toBe('tls')
  expect(await reasonOf('http://127.0.0.9:1')).toBe('refused-connection')
  expect(await reasonOf('http://mirror.invalid')).toBe('dns')
})

test('a mirror that falls silent: before its headers, after them, in the middle', async () => {
  honest = await listen(relay())
  const silent = await listen(relay((request) => (request.url ?? '').endsWith('.zip')))
  expect(await reasonOf(silent, 700)).toBe('timeout')
  const stalled = await listen(
    relay((request, response) => {
      const zip = (request.url ?? '').endsWith('.zip')
      if (zip) response.writeHead(200, { 'content-length': 20_000 }).flushHeaders()
      return zip
    }),
  )
  expect(await reasonOf(stalled, 700)).toBe('timeout')
  proxy.faults.stall(500, /errors\/@v\/.*zip$/)
  const { reasons } = await checkAll(adapter(), [candidate('x', proxy.url)], openHttp(null, 700))
  expect(reasons).toEqual({ x: 'timeout' })
})

test('a body that ends too early is cut, and a reset as well', async () => {
  const { reasons } = await (async () => {
    proxy.faults.cutAfter(500, /errors\/@v\/.*zip$/)
    return checkAll(adapter(), [candidate('x', proxy.url)], openHttp())
  })()
  expect(reasons).toEqual({ x: 'cut' })
  proxy.faults.clear()
  proxy.faults.reset(/uuid/)
  expect((await checkAll(adapter(), [candidate('x', proxy.url)], openHttp())).reasons).toEqual({ x: 'cut' })
})

test('redirects: a loop is out, a way to another host is not', async () => {
  honest = await listen(relay())
  const loop = await listen((request, response) =>
    response.writeHead(302, { location: `${request.url ?? ''}?again` }).end(),
  )
  expect(await reasonOf(loop)).toBe('redirects')
  const away = await listen(
    relay((request, response) => {
      const elsewhere = (request.url ?? '').endsWith('.zip')
      if (elsewhere) response.writeHead(302, { location: `${honest}${request.url ?? ''}` }).end()
      return elsewhere
    }),
  )
  expect(await reasonOf(away)).toBeUndefined()
})

test('a slow start is no fault', async () => {
  honest = await listen(relay())
  const slow = await listen((request, response) => setTimeout(() => relay()(request, response), 400))
  expect(await reasonOf(slow)).toBeUndefined()
})
