import { createHash, randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { candidate, checkAll, closeAll, listen, openHttp } from '../../../e2e/mirror-support.ts'
import { npmAdapter, tarballOf } from './npm.ts'

afterEach(closeAll)

const DAY = 24 * 3600 * 1000
const now = Date.parse('2026-11-22T12:00:00Z')
const ago = (days: number): Date => new Date(now - days * DAY)
const adapter = npmAdapter({ proof: '@lab/small', bulk: 'large', defaultRegistry: null }, () => now)
const SMALL = gzipSync('small')
const LARGE = gzipSync(randomBytes(50_000))
const integrity = (bytes: Uint8Array): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`

type Registry = {
  small: Buffer
  /** What it says of its small tarball; default: the truth. */
  announced: string
  version: string
  published: Date
  /** Whether it answers `/large/latest`. */
  tags: boolean
  /** Instead of the real answer. */
  instead(path: string): { status: number; body: string } | null
}
const HONEST: Registry = {
  small: SMALL,
  announced: integrity(SMALL),
  version: '2.0.0',
  published: ago(20),
  tags: true,
  instead: () => null,
}

/** A registry with one version of two packages. */
async function registry(changes: Partial<Registry> = {}): Promise<string> {
  const own = { ...HONEST, announced: integrity(changes.small ?? SMALL), ...changes }
  let base = ''
  const dist = (name: string, version: string, hash: string) => ({
    tarball: `${base}/${name}/-/file-${version}.tgz`,
    integrity: hash,
  })
  base = await listen((request, response) => {
    const path = request.url ?? ''
    const instead = own.instead(path)
    if (instead) return response.writeHead(instead.status).end(instead.body)
    const entry = { version: own.version, dist: dist('large', own.version, integrity(LARGE)) }
    if (path === '/@lab%2fsmall') {
      const versions = { '1.0.0': { dist: dist('small', '1.0.0', own.announced) } }
      return response.end(JSON.stringify({ name: '@lab/small', 'dist-tags': { latest: '1.0.0' }, versions }))
    }
    if (path === '/large/latest' && own.tags) return response.end(JSON.stringify(entry))
    if (path === '/large') {
      const modified = own.published.toISOString()
      const versions = { [own.version]: entry }
      return response.end(JSON.stringify({ name: 'large', modified, 'dist-tags': { latest: own.version }, versions }))
    }
    if (path.startsWith('/small/-/')) return response.end(own.small)
    if (path.startsWith('/large/-/'))
      return response
        .writeHead(200, { 'last-modified': own.published.toUTCString(), 'content-length': LARGE.length })
        .end(LARGE)
    return response.writeHead(404).end('{}')
  })
  return base
}

test('who serves another tarball is out, whatever integrity it names for it', async () => {
  const urls = await Promise.all([
    registry(),
    registry({ small: gzipSync('forged') }),
    registry({ small: gzipSync('forged'), announced: HONEST.announced }),
    registry({ tags: false }),
  ])
  const names = ['official', 'consistent', 'damaged', 'plain']
  const candidates = names.map((name, at) => candidate(name, urls[at] ?? '', name === 'official'))
  const { reasons, judgement, checks } = await checkAll(adapter, candidates, openHttp())
  expect(reasons).toEqual({ consistent: 'wrong-content', damaged: 'wrong-content' })
  expect([...judgement.safe].toSorted()).toEqual(['official', 'plain'])
  expect(judgement.conflicts).toHaveLength(1)
  expect(judgement.conflicts[0]).toMatchObject({
    item: '@lab/small@1.0.0 tarball',
    says: [
      { id: 'official', value: integrity(SMALL), wrong: false },
      { id: 'consistent', value: integrity(gzipSync('forged')), wrong: true },
      { id: 'damaged', value: expect.stringMatching(/^damaged: /), wrong: true },
      { id: 'plain', wrong: false },
    ],
    verdict: { key: 'mirror:conflict.official', values: { wrong: 2, agree: 2 } },
  })
  const bulk = checks.get('plain')?.bulk
  expect(bulk?.size).toBe(LARGE.length)
  expect(bulk?.whole?.(LARGE)).toBeNull()
  expect(bulk?.whole?.(SMALL)).toContain('instead of')
})

test('a registry that contradicts itself is out, alone as well', async () => {
  const url = await registry({ small: gzipSync('forged'), announced: HONEST.announced })
  const { reasons, causes } = await checkAll(adapter, [candidate('x', url)], openHttp())
  expect(reasons).toEqual({ x: 'wrong-content' })
  expect(causes.x).toContain(`announced ${HONEST.announced}`)
})

test('an older newest version is stale', async () => {
  const [old, fresh, also] = await Promise.all([
    registry({ version: '1.9.0', published: ago(90) }),
    registry(),
    registry({ tags: false }),
  ])
  const candidates = [candidate('old', old), candidate('fresh', fresh), candidate('also', also)]
  const { reasons, judgement } = await checkAll(adapter, candidates, openHttp())
  expect(reasons).toEqual({ old: 'stale' })
  expect(judgement.conflicts).toMatchObject([
    { item: 'large latest', verdict: { key: 'mirror:conflict.stale', values: { wrong: 1, newest: '2.0.0' } } },
  ])
})

test.each([
  [/small\/-/, 404, 'no', 'not-found'],
  [/large\/latest/, 403, 'no', 'denied'],
  [/large\/-/, 429, 'no', 'rate-limited'],
  [/large\/-/, 200, 'not a tarball', 'not-artefact'],
  [/lab/, 200, '<!doctype html><title>log in</title>', 'not-artefact'],
  [/lab/, 200, '{"name":"@lab/small","dist-t', 'not-artefact'],
  [/lab/, 200, '{"name":"@lab/small","dist-tags":{"latest":"1.0.0"},"versions":{}}', 'not-artefact'],
  [/large\/latest/, 200, '{"error":"welcome"}', 'not-artefact'],
  [/lab/, 200, '{"name":"@lab/small","dist-tags":{"latest":"constructor"},"versions":{}}', 'not-artefact'],
] as const)('%s: %i %s', async (only, status, body, reason) => {
  const url = await registry({ instead: (path) => (only.test(path) ? { status, body } : null) })
  expect((await checkAll(adapter, [candidate('x', url)], openHttp())).reasons).toEqual({ x: reason })
})

test("a tarball is fetched where npm fetches it: from the registry in use, in place of npm's own", () => {
  const own = 'https://registry.example.test/'
  const mirror = 'https://mirror.example.test/npm'
  expect(tarballOf(`${own}ms/-/ms-2.1.3.tgz`, mirror, own)).toBe('https://mirror.example.test/npm/ms/-/ms-2.1.3.tgz')
  expect(tarballOf('https://cdn.example.test/ms.tgz', mirror, own)).toBe('https://cdn.example.test/ms.tgz')
  expect(tarballOf('https://a.test/ms.tgz', 'https://me:word@a.test/npm/', null)).toBe('https://me:word@a.test/ms.tgz')
  // The password of an https registry does not go over plain http, whatever the registry says.
  expect(tarballOf('http://a.test/ms.tgz', 'https://me:word@a.test/npm/', null)).toBe('http://a.test/ms.tgz')
})
