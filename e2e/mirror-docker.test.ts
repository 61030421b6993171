import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IncomingHttpHeaders, request, type ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { dockerAdapter } from '../electron/mirrors/targets/docker.ts'
import { makeCertificates } from './lab/certificates.ts'
import { type Front, startFront } from './lab/front.ts'
import { startRegistry } from './lab/images/registry-server.ts'
import { candidate, checkAll, closeAll, listen, openHttp } from './mirror-support.ts'

type Lab = { url: string; socket: string; front: Front; stop(): Promise<void> }

const IMAGE = 'golang:1.27'
const DAY = 24 * 3600 * 1000
const now = Date.now()
const ago = (days: number): string => new Date(now - days * DAY).toISOString()
const LAYER = gzipSync(randomBytes(300_000))

let folder: string
/** Two with the edition of ten days ago, one that has only the one before, one with an image of its own. */
let hub: Lab
let copy: Lab
let behind: Lab
let forged: Lab

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grl-mirror-docker-'))
  const certificates = await makeCertificates(join(folder, 'tls'), ['IP:127.0.0.1'])
  const start = async (name: string): Promise<Lab> => {
    const dir = join(folder, name)
    await mkdir(dir)
    const { server, socket } = await startRegistry(dir, join(dir, 'store'), false)
    const logFile = join(dir, 'access.jsonl')
    const front = await startFront({ socket, addresses: ['127.0.0.1'], certificates, logFile })
    const stop = async (): Promise<void> => {
      await front.close()
      await server.stop()
    }
    return { url: `http://127.0.0.1:${front.port}`, socket, front, stop }
  }
  ;[hub, copy, behind, forged] = (await Promise.all(['hub', 'copy', 'behind', 'forged'].map(start))) as [
    Lab,
    Lab,
    Lab,
    Lab,
  ]
  for (const one of [hub, copy, behind]) await push(one.socket, ago(40), LAYER)
  for (const one of [hub, copy]) await push(one.socket, ago(10), LAYER)
  await push(forged.socket, ago(10), gzipSync(randomBytes(300_000)))
})

afterEach(() => {
  closeAll()
  for (const { front } of [hub, copy, behind, forged]) front.faults.clear()
})

afterAll(async () => {
  await Promise.all([hub, copy, behind, forged].map((one) => one.stop()))
  await rm(folder, { recursive: true, force: true })
})

const adapter = (arch = 'amd64') => dockerAdapter({ image: IMAGE, platform: { os: 'linux', arch } }, () => now)
const all = () => [
  candidate('hub', hub.url, true),
  candidate('copy', copy.url),
  candidate('behind', behind.url),
  candidate('forged', forged.url),
]

test('an older edition is stale, an image that the official registry never had is wrong', async () => {
  const { reasons, judgement, checks } = await checkAll(adapter(), all(), openHttp())
  expect(reasons).toEqual({ behind: 'stale', forged: 'wrong-content' })
  expect([...judgement.safe].toSorted()).toEqual(['copy', 'hub'])
  expect(judgement.fresh.get('copy')).toBe('fresh')
  const said = (id: string) => checks.get(id)?.says[`${IMAGE} manifest`] ?? ''
  expect(said('hub')).toMatch(/^sha256:[a-f0-9]{64}$/)
  expect(judgement.conflicts).toEqual([
    {
      item: `${IMAGE} manifest`,
      says: [
        { id: 'hub', url: hub.url, value: said('hub'), wrong: false },
        { id: 'copy', url: copy.url, value: said('hub'), wrong: false },
        { id: 'behind', url: behind.url, value: said('behind'), wrong: true },
        { id: 'forged', url: forged.url, value: said('forged'), wrong: true },
      ],
      verdict: { key: 'mirror:conflict.mixed', values: { wrong: 1, stale: 1 } },
    },
  ])
})

test('without the official registry two that agree decide; one against one stays undecided', async () => {
  const mirrors = all().map((one) => ({ ...one, official: false }))
  const most = await checkAll(
    adapter(),
    mirrors.filter(({ id }) => id !== 'behind'),
    openHttp(),
  )
  expect(most.reasons).toEqual({ forged: 'wrong-content' })
  expect(most.judgement.conflicts[0]?.verdict).toEqual({
    key: 'mirror:conflict.majority',
    values: { wrong: 1, agree: 2 },
  })
  const two = await checkAll(
    adapter(),
    mirrors.filter(({ id }) => id === 'hub' || id === 'forged'),
    openHttp(),
  )
  expect(two.reasons).toEqual({})
  expect(two.judgement.safe.size).toBe(0)
  expect(two.judgement.conflicts[0]?.verdict.key).toBe('mirror:conflict.undecided')
})

test('the measured bytes are those of the largest layer, and their digest is checked when all are read', async () => {
  const { checks } = await checkAll(adapter(), [candidate('hub', hub.url)], openHttp())
  const bulk = checks.get('hub')?.bulk
  expect(bulk?.size).toBe(LAYER.length)
  const { body } = await openHttp().ask(bulk?.url ?? '', { headers: bulk?.headers ?? {} }, new AbortController().signal)
  expect(bulk?.whole?.(body)).toBeNull()
  expect(bulk?.whole?.(body.subarray(1))).toContain('instead of')
})

test('the token of the realm that the mirror names is sent, and a refused image is denied', async () => {
  const tokens: string[] = []
  const realm = await listen((request, response) => {
    tokens.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`)
    response.end(JSON.stringify({ token: 'pull-token' }))
  })
  let allowed = true
  const guarded = await listen((request, response) => {
    const authorised = request.headers.authorization === 'Bearer pull-token'
    if (!authorised) {
      const challenge = `Bearer realm="${realm}/token",service="lab"`
      response.writeHead(401, { 'www-authenticate': challenge }).end('{}')
    } else if (!allowed) response.writeHead(403).end('{"errors":[{"code":"DENIED","message":"not on the list"}]}')
    else pipe(hub.url, request.url ?? '', request.headers, request.method ?? 'GET', response)
  })
  const named = guarded.replace('://', '://someone:p%40ss@')
  expect((await checkAll(adapter(), [candidate('x', named)], openHttp())).reasons).toEqual({})
  const basic = Buffer.from('someone:p@ss').toString('base64')
  expect(tokens).toEqual([`/token?service=lab&scope=repository%3Alibrary%2Fgolang%3Apull Basic ${basic}`])
  allowed = false
  const { reasons, causes } = await checkAll(adapter(), [candidate('x', guarded)], openHttp())
  expect(reasons).toEqual({ x: 'denied' })
  expect(causes.x).toContain('not on the list')
})

test('a digest that is not that of the body is wrong, alone as well', async () => {
  const liar = await listen((request, response) => {
    const path = request.url ?? ''
    pipe(hub.url, path, request.headers, request.method ?? 'GET', response, (headers) =>
      path.includes('/manifests/1.27') ? { ...headers, 'docker-content-digest': `sha256:${'0'.repeat(64)}` } : headers,
    )
  })
  const { reasons, judgement } = await checkAll(
    adapter(),
    [candidate('x', liar), candidate('hub', hub.url, true)],
    openHttp(),
  )
  expect(reasons).toEqual({ x: 'wrong-content' })
  expect(judgement.conflicts[0]?.says.map(({ id, wrong }) => [id, wrong])).toEqual([
    ['x', true],
    ['hub', false],
  ])
  expect((await checkAll(adapter(), [candidate('x', liar)], openHttp())).reasons).toEqual({ x: 'wrong-content' })
})

test.each([
  [404, /manifests/, 'not-found'],
  [403, /manifests/, 'denied'],
  [429, /manifests/, 'rate-limited'],
  [503, /v2\/$/, 'server-error'],
  [403, /blobs/, 'denied'],
] as const)('%i at %s', async (status, only, reason) => {
  hub.front.faults.status(status, 'no', only)
  expect((await checkAll(adapter(), [candidate('x', hub.url)], openHttp())).reasons).toEqual({ x: reason })
})

test('a portal, a layer that is none, no pulls left, no such processor', async () => {
  const ask = async (arch = 'amd64') => (await checkAll(adapter(arch), [candidate('x', hub.url)], openHttp())).reasons.x
  for (const only of [/v2\/$/, /manifests/, /blobs/]) {
    hub.front.faults.status(200, '<html><body>log in</body></html>', only)
    expect(await ask(), String(only)).toBe('not-artefact')
    hub.front.faults.clear()
  }
  hub.front.faults.status(200, 'x'.repeat(2000), /blobs/)
  expect(await ask()).toBe('wrong-content')
  hub.front.faults.clear()
  expect(await ask('riscv64')).toBe('not-found')
  const spent = await listen((request, response) =>
    pipe(hub.url, request.url ?? '', request.headers, request.method ?? 'GET', response, (headers) => ({
      ...headers,
      'ratelimit-remaining': '0;w=21600',
    })),
  )
  expect((await checkAll(adapter(), [candidate('x', spent)], openHttp())).reasons).toEqual({ x: 'rate-limited' })
})

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** One image of one small and one large layer, under the tag. */
async function push(socket: string, created: string, layer: Buffer): Promise<void> {
  const small = gzipSync('small')
  const config = Buffer.from(JSON.stringify({ created, os: 'linux', architecture: 'amd64' }))
  for (const blob of [small, layer, config]) {
    const started = await send(socket, 'POST', '/v2/library/golang/blobs/uploads/', '')
    const location = new URL(started, 'http://registry')
    location.searchParams.set('digest', digestOf(blob))
    await send(socket, 'PUT', location.pathname + location.search, blob)
  }
  const part = (mediaType: string, bytes: Buffer) => ({ mediaType, size: bytes.length, digest: digestOf(bytes) })
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json'
  const layers = [small, layer].map((blob) => part('application/vnd.docker.image.rootfs.diff.tar.gzip', blob))
  const top = { config: part('application/vnd.docker.container.image.v1+json', config), layers }
  const manifest = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...top }))
  await send(socket, 'PUT', `/v2/library/golang/manifests/${digestOf(manifest)}`, manifest, mediaType)
  const listType = 'application/vnd.docker.distribution.manifest.list.v2+json'
  const entry = { ...part(mediaType, manifest), platform: { os: 'linux', architecture: 'amd64' } }
  const list = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: listType, manifests: [entry] }))
  await send(socket, 'PUT', '/v2/library/golang/manifests/1.27', list, listType)
}

/** Answers where the upload goes on. */
function send(
  socketPath: string,
  method: string,
  path: string,
  body: Buffer | string,
  type = 'application/octet-stream',
) {
  return new Promise<string>((resolve, reject) => {
    const headers = { host: 'registry', 'content-type': type, 'content-length': Buffer.byteLength(body) }
    const outgoing = request({ socketPath, method, path, headers }, (answer) => {
      answer.resume()
      answer.on('end', () => {
        if ([201, 202].includes(answer.statusCode ?? 0)) resolve(answer.headers.location ?? '')
        else reject(new Error(`${method} ${path}: ${answer.statusCode}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

type Headers_ = Record<string, string>

/** Passes a request on, with the answer's headers changed. */
function pipe(
  base: string,
  path: string,
  asked: IncomingHttpHeaders,
  method: string,
  response: ServerResponse,
  change: (headers: Headers_) => Headers_ = (headers) => headers,
): void {
  const { accept = '*/*', range } = asked
  fetch(`${base}${path}`, { method, headers: { accept, ...(range === undefined ? {} : { range }) } })
    .then(async (answer) => {
      const body = Buffer.from(await answer.arrayBuffer())
      response
        .writeHead(answer.status, change(Object.fromEntries(answer.headers)))
        .end(method === 'HEAD' ? undefined : body)
    })
    .catch(() => response.destroy())
}
