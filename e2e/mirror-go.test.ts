import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { goAdapter } from '../electron/mirrors/targets/go.ts'
import { makeCertificates } from './lab/certificates.ts'
import { type GoProxy, startGoProxy } from './lab/goproxy.ts'
import { candidate, checkAll, closeAll, listen, openHttp } from './mirror-support.ts'

let folder: string
/** The true proxy, one with the same modules, and one that made its own versions of some. */
let true_: GoProxy
let copy: GoProxy
let forged: GoProxy

const PROOF = { path: 'example.test/Proof', version: 'v1.0.0' }
const BULK = { path: 'github.com/BurntSushi/toml', version: 'v1.2.0' }
const ITEM = 'example.test/Proof@v1.0.0 zip'

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'grl-mirror-go-'))
  const certificates = await makeCertificates(join(folder, 'tls'), ['IP:127.0.0.1'])
  const start = async (name: string): Promise<GoProxy> => {
    await mkdir(join(folder, name))
    return startGoProxy(join(folder, name), '127.0.0.2', certificates)
  }
  ;[true_, copy, forged] = await Promise.all([start('true'), start('copy'), start('forged')])
  // Most of the zip is the content of one file that does not shrink.
  const noise = Array.from({ length: 400 }, (_, at) => createHash('sha256').update(String(at)).digest('base64'))
  const files = { 'proof.go': 'package proof\n', 'Über.txt': noise.join('\n'), 'a-b.txt': 'y', 'a/b.txt': 'z' }
  await true_.addModule(PROOF.path, PROOF.version, files)
  await copy.addModule(PROOF.path, PROOF.version, files)
  await forged.addModule(PROOF.path, PROOF.version, { ...files, 'proof.go': 'package proof // and more\n' })
})

afterEach(() => {
  closeAll()
  for (const proxy of [true_, copy, forged]) proxy.faults.clear()
})

afterAll(async () => {
  await Promise.all([true_, copy, forged].map((proxy) => proxy.stop()))
  await rm(folder, { recursive: true, force: true })
})

const adapter = (sumdb = true_.sumdb, now = Date.now()) => goAdapter({ sumdb, proof: PROOF, bulk: BULK }, () => now)

test('the checksum database decides: who differs is out, and the table says so', async () => {
  const candidates = [candidate('forged', forged.url), candidate('true', true_.url), candidate('copy', copy.url)]
  const { reasons, judgement, checks } = await checkAll(adapter(), candidates, openHttp())
  expect(reasons).toEqual({ forged: 'wrong-content' })
  expect([...judgement.safe].toSorted()).toEqual(['copy', 'true'])
  const truth = checks.get('true')?.says[ITEM]
  expect(truth).toMatch(/^h1:/)
  expect(judgement.conflicts).toEqual([
    {
      item: ITEM,
      says: [
        { id: 'authority', url: expect.any(String), value: truth, wrong: false },
        { id: 'forged', url: forged.url, value: checks.get('forged')?.says[ITEM], wrong: true },
        { id: 'true', url: true_.url, value: truth, wrong: false },
        { id: 'copy', url: copy.url, value: truth, wrong: false },
      ],
      verdict: { key: 'mirror:conflict.authority', values: { authority: 'sum.goready.test', wrong: 1, agree: 2 } },
    },
  ])
})

test('the database is believed against every proxy, and who carries it cannot forge it', async () => {
  // The forger alone carries the true database's look-ups, with one character changed.
  const relay = await listen((request, response) => {
    const path = request.url ?? ''
    const base = path.startsWith('/sumdb/') ? true_.url : forged.url
    fetch(`${base}${path}`)
      .then(async (answer) => {
        const body = Buffer.from(await answer.arrayBuffer())
        const text = path.includes('/lookup/') ? Buffer.from(body.toString().replace(/h1:./, 'h1:A')) : body
        response.writeHead(answer.status).end(text)
      })
      .catch(() => response.destroy())
  })
  const alone = [candidate('relay', relay), candidate('forged', forged.url)]
  const unproved = await checkAll(adapter(), alone, openHttp())
  expect(unproved.judgement.safe.size).toBe(0)
  const carried = await checkAll(adapter(), [...alone, candidate('true', true_.url)], openHttp())
  expect(carried.reasons).toEqual({ relay: 'wrong-content', forged: 'wrong-content' })
  expect([...carried.judgement.safe]).toEqual(['true'])
})

test('without a database the majority decides; one against one stays undecided', async () => {
  const none = adapter('unknown-name')
  const three = [candidate('forged', forged.url), candidate('true', true_.url), candidate('copy', copy.url)]
  const most = await checkAll(none, three, openHttp())
  expect(most.reasons).toEqual({ forged: 'wrong-content' })
  expect(most.judgement.safe.size).toBe(0)
  expect(most.judgement.conflicts[0]?.verdict).toEqual({
    key: 'mirror:conflict.majority',
    values: { wrong: 1, agree: 2 },
  })
  const two = await checkAll(none, three.slice(0, 2), openHttp())
  expect(two.reasons).toEqual({})
  expect(two.judgement.conflicts[0]?.verdict.key).toBe('mirror:conflict.undecided')
})

test('a zip that is damaged is wrong whatever the others say', async () => {
  const broken = await relay(true_, (path, body) =>
    path.endsWith('/v1.0.0.zip') ? body.subarray(0, body.length - 60) : body,
  )
  const { reasons, causes, judgement } = await checkAll(adapter('unknown-name'), [candidate('x', broken)], openHttp())
  expect(reasons).toEqual({ x: 'wrong-content' })
  expect(causes.x).toContain('damaged: ')
  expect(judgement.safe.size).toBe(0)
})

test('a zip whose bytes were turned around in the middle differs, and so does the measured one when it is read whole', async () => {
  const flipped = await relay(true_, (path, body) => {
    // Enough that it is content, not only a date in a header.
    const third = Math.floor(body.length / 3)
    if (path.endsWith('.zip')) body.subarray(third, third + 500).reverse()
    return body
  })
  const candidates = [candidate('x', flipped), candidate('true', true_.url)]
  const { reasons, checks } = await checkAll(adapter(), candidates, openHttp())
  expect(reasons).toEqual({ x: 'wrong-content' })
  const verdicts = await Promise.all(
    candidates.map(async ({ id }) => {
      const bulk = checks.get(id)?.bulk
      const answer = await openHttp().ask(bulk?.url ?? '', {}, new AbortController().signal)
      expect(answer.body.length).toBe(bulk?.size)
      return bulk?.whole?.(answer.body)
    }),
  )
  expect(verdicts[0]).toMatch(/toml@v1\.2\.0/)
  expect(verdicts[1]).toBeNull()
})

test('a stale list: the older newest version is out, with the table', async () => {
  const day = 24 * 3600 * 1000
  const at = (version: string, days: number) => relayInfo(version, new Date(Date.now() - days * day).toISOString())
  const [old, fresh, also] = await Promise.all([at('v1.1.0', 40), at('v1.2.0', 5), at('v1.2.0', 5)])
  const candidates = [candidate('old', old), candidate('fresh', fresh), candidate('also', also)]
  const { reasons, judgement } = await checkAll(adapter(), candidates, openHttp())
  expect(reasons).toEqual({ old: 'stale' })
  expect(Object.fromEntries(judgement.fresh)).toEqual({ old: 'stale', fresh: 'fresh', also: 'fresh' })
  expect(judgement.conflicts).toMatchObject([
    {
      item: 'github.com/BurntSushi/toml latest',
      says: [
        { id: 'old', value: 'v1.1.0', wrong: true },
        { id: 'fresh', value: 'v1.2.0', wrong: false },
        { id: 'also', value: 'v1.2.0', wrong: false },
      ],
      verdict: { key: 'mirror:conflict.stale', values: { wrong: 1, newest: 'v1.2.0' } },
    },
  ])
})

test.each([
  [404, 'not-found'],
  [410, 'not-found'],
  [403, 'denied'],
  [401, 'login'],
  [429, 'rate-limited'],
  [503, 'server-error'],
  [511, 'not-artefact'],
] as const)('a zip that answers %i is out as %s', async (status, reason) => {
  true_.faults.status(status, 'no', /\.zip$/)
  const { reasons, causes } = await checkAll(adapter(), [candidate('x', true_.url)], openHttp())
  expect(reasons).toEqual({ x: reason })
  expect(causes.x).toContain(`HTTP ${status}`)
})

test('a portal, a list of something else and half a document are not the artefact', async () => {
  const portal = '<!DOCTYPE html><html><body>please log in</body></html>'
  for (const [only, body] of [
    [/(?:)/, portal],
    [/\.zip$/, portal],
    [/@latest$/, '{"Version":"v1.2'],
    [/@v\/list$/, 'welcome to our proxy\n'],
    [/\.mod$/, 'nothing'],
  ] as const) {
    true_.faults.status(200, body, only)
    const { reasons } = await checkAll(adapter(), [candidate('x', true_.url)], openHttp())
    expect(reasons, String(only)).toEqual({ x: 'not-artefact' })
    true_.faults.clear()
  }
})

test('a 429 keeps its Retry-After for the details', async () => {
  const limited = await listen((_, response) => response.writeHead(429, { 'retry-after': '77' }).end('slow down'))
  const { reasons, causes } = await checkAll(adapter(), [candidate('x', limited)], openHttp())
  expect(reasons).toEqual({ x: 'rate-limited' })
  expect(causes.x).toContain('Retry-After: 77')
})

/** The true proxy with its bodies changed. */
function relay(proxy: GoProxy, change: (path: string, body: Buffer) => Buffer): Promise<string> {
  return listen((request, response) => {
    const path = request.url ?? ''
    fetch(`${proxy.url}${path}`)
      .then(async (answer) => {
        const body = change(path, Buffer.from(await answer.arrayBuffer()))
        response.writeHead(answer.status, { 'content-length': body.length }).end(body)
      })
      .catch(() => response.destroy())
  })
}

/** The true proxy with another newest version of the measured module. */
function relayInfo(version: string, time: string): Promise<string> {
  return relay(true_, (path, body) => {
    if (path.endsWith('/@v/list')) return Buffer.from(`v1.0.0\n${version}\n`)
    return path.endsWith('/@latest') ? Buffer.from(JSON.stringify({ Version: version, Time: time })) : body
  })
}
