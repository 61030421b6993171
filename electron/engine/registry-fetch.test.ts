import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { openRegistry } from '../docker/registry.ts'
import { openMirrorHttp } from '../mirrors/http/client.ts'
import { registryFetch } from './registry-fetch.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

test('a registry behind a proxy is asked through it, token and all', async () => {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? '-'}`)
    if (request.url?.includes('/token')) return response.end('{"token":"T"}')
    if (request.headers.authorization === 'Bearer T') return response.end('{"tags":["1.26"]}')
    const realm = 'http://registry.example/token'
    return response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end('{}')
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const proxy = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const open = (timeout: number) => Promise.resolve(openMirrorHttp({ environment: { http_proxy: proxy }, timeout }))
  const registry = openRegistry('library/golang', { url: 'http://registry.example', fetch: registryFetch(open) })
  expect(await registry.tags()).toEqual(['1.26'])
  expect(asked).toEqual([
    'http://registry.example/v2/library/golang/tags/list?n=1000 -',
    'http://registry.example/token?service=x&scope=repository%3Alibrary%2Fgolang%3Apull -',
    'http://registry.example/v2/library/golang/tags/list?n=1000 Bearer T',
  ])
})

test('a registry that is not there is unreachable, with the code', async () => {
  const open = (timeout: number) => Promise.resolve(openMirrorHttp({ environment: {}, timeout }))
  const registry = openRegistry('library/golang', { url: 'http://127.0.0.7:28999', fetch: registryFetch(open) })
  await expect(registry.tags()).rejects.toMatchObject({
    code: 'registry-unreachable',
    cause: expect.stringContaining('ECONNREFUSED'),
  })
})
