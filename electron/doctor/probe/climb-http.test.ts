import { afterEach, expect, test } from 'vitest'
import type { Endpoint } from './probe.ts'
import { climb, closeServers, endpoint, mirror, web } from './test-means.ts'

afterEach(closeServers)

const PAGE = '<!doctype html><form>log in</form>'
const HTML = { 'content-type': 'text/html' }
const TEXT = { 'content-type': 'text/plain' }

/** What comes of a server that answers everything alike. */
async function reasonOf(
  more: Partial<Endpoint>,
  status: number,
  headers: Record<string, string>,
  body: string,
): Promise<string | null> {
  const url = await web((_, answer) => void answer.writeHead(status, headers).end(body))
  const { broken } = await climb(endpoint(url, more))
  return broken === null ? null : `${broken.rung} ${broken.reason}`
}

test.each<[Endpoint['target'], number, Record<string, string>, string, string | null]>([
  ['npm', 401, TEXT, '', 'http http-401'],
  ['npm', 403, TEXT, '', 'http http-403'],
  ['npm', 451, TEXT, '', 'http http-403'],
  ['npm', 407, TEXT, '', 'proxy proxy-auth'],
  ['npm', 429, { 'retry-after': '60' }, '', 'http http-429'],
  ['npm', 502, TEXT, '', 'http http-5xx'],
  ['npm', 511, HTML, PAGE, 'http portal'],
  ['npm', 200, HTML, PAGE, 'http portal'],
  ['npm', 200, TEXT, 'hello', 'content content'],
  ['npm', 200, TEXT, '{"versions":{}}', null],
  // A private registry that does not hold the package says so in JSON; a web server at a wrong path does not.
  ['npm', 404, { 'content-type': 'application/json' }, '{"error":"not found"}', null],
  ['npm', 404, HTML, '<html>404</html>', 'http http-404'],
  ['go', 200, TEXT, 'v0.1.0\nv0.2.0\n', null],
  ['go', 200, TEXT, '', null],
  ['go', 200, HTML, PAGE, 'http portal'],
  ['go', 404, TEXT, 'not found: no such module', null],
  ['go', 410, TEXT, 'gone', null],
  ['go', 404, HTML, '<html>404</html>', 'http http-404'],
  ['pip', 200, HTML, '<!doctype html><html><a href="x-1.whl">x-1.whl</a></html>', null],
  ['pip', 200, { 'content-type': 'application/json' }, '{"meta":{},"files":[]}', null],
  ['pip', 200, HTML, PAGE, 'http portal'],
  ['pip', 404, TEXT, '', 'http http-404'],
  ['docker', 401, { 'www-authenticate': 'Bearer realm="x"' }, '{}', null],
  ['docker', 200, { 'docker-distribution-api-version': 'registry/2.0' }, '{}', null],
  ['docker', 404, TEXT, '', 'http http-404'],
  ['docker', 403, TEXT, '', 'http http-403'],
  ['docker', 200, HTML, PAGE, 'http portal'],
  ['apt', 200, TEXT, '-----BEGIN PGP SIGNED MESSAGE-----\n', null],
  ['apt', 200, TEXT, 'Origin: Debian\nSuite: stable\n', null],
  ['apt', 200, TEXT, 'hello', 'content content'],
  ['apt', 404, HTML, '<html>404</html>', 'http http-404'],
])('%s: %s %o %s is %s', async (target, status, headers, body, reason) => {
  expect(await reasonOf({ target }, status, headers, body)).toBe(reason)
})

test('the checksum database answers with its tree', async () => {
  const sums = { target: 'go', role: 'checksums' } as const
  expect(await reasonOf(sums, 200, TEXT, 'go.sum database tree\n1\n')).toBeNull()
  expect(await reasonOf(sums, 200, TEXT, 'hello')).toBe('content content')
})

test('who logs in is not judged by what nobody may see', async () => {
  for (const status of [401, 403, 404]) expect(await reasonOf({ login: true }, status, HTML, 'no')).toBeNull()
  expect(await reasonOf({ login: true }, 503, TEXT, '')).toBe('http http-5xx')
})

test('a scope’s registry need hold nothing that we know', async () => {
  for (const status of [401, 403, 404]) expect(await reasonOf({ role: 'scope' }, status, HTML, 'no')).toBeNull()
  expect(await reasonOf({ role: 'scope' }, 200, HTML, PAGE)).toBeNull()
  expect(await reasonOf({ role: 'scope' }, 500, TEXT, '')).toBe('http http-5xx')
})

test('a Go proxy that does not hold a module passes on; on a known host it stands at the wrong path', async () => {
  const turn = { list: 'x', at: 0, passes: 'not-found', beyond: true } as const
  expect(await reasonOf({ target: 'go', turn }, 404, HTML, '<html>404</html>')).toBeNull()
  const url = await web((_, answer) => void answer.writeHead(404, TEXT).end('not found'))
  const known = mirror('go', `${url}/goproxy/`)
  const at = async (path: string) =>
    (await climb(endpoint(`${url}${path}`, { target: 'go', turn }), { mirrors: [known] })).broken
  expect(await at('/gopoxy')).toMatchObject({ reason: 'http-404', values: { right: known.url } })
  expect(await at('/goproxy')).toBeNull()
})

test('a gateway that has hiccups is asked once more', async () => {
  let asked = 0
  const url = await web((_, answer) => void answer.writeHead(asked++ === 0 ? 502 : 200).end('{"versions":{}}'))
  expect((await climb(endpoint(url))).broken).toBeNull()
})

test('redirects: to the content, to a page elsewhere, in a circle', async () => {
  const good = await web((_, answer) => void answer.end('{"versions":{}}'))
  const page = await web((_, answer) => void answer.writeHead(200, HTML).end(PAGE))
  const to = async (location: string) => web((_, answer) => void answer.writeHead(302, { location }).end())
  expect((await climb(endpoint(await to(good)))).broken).toBeNull()
  const portal = await climb(endpoint(await to(page)))
  expect(portal.broken).toMatchObject({ reason: 'portal', values: { page: new URL(page).host, elsewhere: 1 } })
  expect((await climb(endpoint(await to('/again')))).broken).toMatchObject({ rung: 'http', reason: 'redirect-loop' })
})

test('a server that breaks off, and one that never answers', { timeout: 15_000 }, async () => {
  const cut = await web((request) => void request.socket.resetAndDestroy())
  const mute = await web(() => {})
  const [reset, slow] = await Promise.all([climb(endpoint(cut)), climb(endpoint(mute))])
  expect(reset.broken).toMatchObject({ rung: 'http', reason: 'reset' })
  expect(slow.broken).toMatchObject({ rung: 'http', reason: 'slow', values: { seconds: 5 } })
})
