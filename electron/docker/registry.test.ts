import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Catalogue } from './catalogue.ts'
import { nextPage, parseChallenge } from '../core/challenge.ts'
import { openRegistry } from './registry.ts'
import { listTags, tagSize } from './tags.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

async function serve(answer: (request: IncomingMessage, response: ServerResponse, base: string) => void) {
  const server = createServer((request, response) => answer(request, response, base))
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const base = `http://127.0.0.1:${isAddress(address) ? address.port : 0}`
  return base
}
const isAddress = (value: string | AddressInfo | null): value is AddressInfo =>
  typeof value === 'object' && value !== null

const digest = `sha256:${'a'.repeat(64)}`
const catalogue: Catalogue = {
  version: 1,
  date: '2026-11-22',
  source: 'test',
  tags: [{ tag: '1.26', go: '1.26', size: 7, unpacked: null }],
  minors: [{ minor: '1.26', released: null, ended: null }],
}

test('a token is fetched from the registry’s own realm, and every page of tags is read', async () => {
  const asked: string[] = []
  const url = await serve((request, response, base) => {
    asked.push(request.url ?? '')
    if (request.url?.startsWith('/token')) return response.end('{"access_token":"T"}')
    if (request.headers.authorization !== 'Bearer T') {
      const realm = `${base}/token`
      response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="reg",scope="repository:x:pull"` })
      return response.end('{}')
    }
    if (request.url?.includes('last=')) return response.end('{"name":"x","tags":["1.27"]}')
    response.setHeader('link', '</v2/library/golang/tags/list?n=1000&last=1.26>; rel="next"')
    return response.end('{"name":"x","tags":["1.26"]}')
  })
  expect(await openRegistry('library/golang', { url }).tags()).toEqual(['1.26', '1.27'])
  expect(asked).toEqual([
    '/v2/library/golang/tags/list?n=1000',
    '/token?service=reg&scope=repository%3Ax%3Apull',
    '/v2/library/golang/tags/list?n=1000',
    '/v2/library/golang/tags/list?n=1000&last=1.26',
  ])
})

test('the size is the sum of the layers of the platform', async () => {
  const url = await serve((request, response) => {
    const index = { manifests: [{ digest, platform: { os: 'linux', architecture: 'amd64' } }] }
    const manifest = { layers: [{ size: 10 }, { size: 32 }] }
    response.end(JSON.stringify(request.url?.endsWith(digest) ? manifest : index))
  })
  expect(await tagSize('golang:1.26', { url })).toBe(42)
  await expect(tagSize('golang:1.26', { url, platform: { os: 'linux', arch: 's390x' } })).rejects.toMatchObject({
    code: 'image-no-platform',
  })
})

test.each([
  [404, '{}', 'image-not-found'],
  [429, '{}', 'registry-rate-limit'],
  [403, '{}', 'registry-denied'],
  [401, '{}', 'registry-denied'],
  [503, 'busy', 'registry-unreachable'],
  [200, '<html>please log in</html>', 'registry-unreachable'],
  [200, '{"tags": 3}', 'registry-unreachable'],
])('status %s with %s is %s', async (status, body, code) => {
  const url = await serve((_, response) => response.writeHead(status).end(body))
  await expect(openRegistry('library/golang', { url }).tags()).rejects.toMatchObject({ code })
})

test('a silent registry ends at the time limit, a cancel at once', async () => {
  const url = await serve(() => {})
  await expect(openRegistry('library/golang', { url, timeout: 50 }).tags()).rejects.toMatchObject({ code: 'timeout' })
  const controller = new AbortController()
  const pending = openRegistry('library/golang', { url, signal: controller.signal }).tags()
  controller.abort()
  await expect(pending).rejects.toMatchObject({ code: 'cancelled' })
})

test('an endless list of pages ends', async () => {
  let pages = 0
  const url = await serve((_, response) => {
    response.setHeader('link', `</v2/library/golang/tags/list?last=${++pages}>; rel="next"`)
    response.end('{"tags":["1.26"]}')
  })
  expect((await openRegistry('library/golang', { url }).tags()).length).toBe(50)
})

test('the list says where it comes from, and the catalogue answers for a registry that does not', async () => {
  const signal = new AbortController().signal
  let up = true
  const registryUrl = await serve((_, response) => {
    if (up) response.end('{"tags":["1.26","1.27"]}')
    else response.writeHead(404).end('<h1>no</h1>')
  })
  const own = { ...catalogue }
  const online = await listTags({ registryUrl, catalogue: own, signal, refresh: true })
  expect(online).toMatchObject({ from: 'registry', source: registryUrl })
  expect(online.tags).toHaveLength(2)
  up = false
  expect((await listTags({ registryUrl, catalogue: own, signal, refresh: false })).from).toBe('registry')
  const offline = await listTags({ registryUrl, catalogue: own, signal, refresh: true })
  expect(offline).toMatchObject({ from: 'catalogue', source: '2026-11-22', tags: [{ tag: '1.26', size: 7 }] })
  const aborted = AbortSignal.abort()
  await expect(listTags({ registryUrl, catalogue: own, signal: aborted, refresh: true })).rejects.toThrow()
})

test('only a realm in http(s), and no step down from https, is followed', () => {
  const asked = new URL('https://mirror.example/v2/')
  expect(parseChallenge('Bearer realm="https://auth.example/t",service="s"', asked)?.realm.href).toBe(
    'https://auth.example/t',
  )
  for (const realm of ['file:///etc/passwd', 'http://auth.example/t', 'https://u:p@auth.example/', 'javascript:1'])
    expect(parseChallenge(`Bearer realm="${realm}"`, asked)).toBeNull()
  expect(parseChallenge('Basic realm="x"', asked)).toBeNull()
  expect(parseChallenge(null, asked)).toBeNull()
})

test('a page on another host is not followed', () => {
  const asked = new URL('https://mirror.example/v2/x')
  expect(nextPage('</v2/x?last=1>; rel="next"', asked)?.href).toBe('https://mirror.example/v2/x?last=1')
  expect(nextPage('<http://mirror.example/v2/x?last=1>; rel="next"', asked)?.protocol).toBe('https:')
  expect(nextPage('<https://evil.example/>; rel="next"', asked)).toBeNull()
  expect(nextPage(null, asked)).toBeNull()
})
