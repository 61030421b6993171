import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { agreeOnDigest } from './agree.ts'
import { readImage } from './reference.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const manifest = (size: number): string => JSON.stringify({ schemaVersion: 2, layers: [{ size }] })
const digestOf = (body: string): string => `sha256:${createHash('sha256').update(body).digest('hex')}`

/** A registry that serves one manifest for every tag; `said`: what its header claims. */
async function registry(body: string, { status = 200, said = digestOf(body) } = {}): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'docker-content-digest': said }).end(body)
  })
  servers.push(server)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

const name = readImage('golang:1.26')
const ask = (urls: readonly string[]) => agreeOnDigest(name, urls, AbortSignal.timeout(10_000), 3000)
const [good, other, third] = [manifest(1), manifest(2), manifest(3)]

test('what most of them say is taken, whoever was asked first', async () => {
  const urls = [await registry(other), await registry(good), await registry(good)]
  const agreement = await ask(urls)
  expect(agreement).toMatchObject({ digest: digestOf(good), by: 'majority' })
  expect(agreement.said.map(({ digest }) => digest)).toEqual([digestOf(other), digestOf(good), digestOf(good)])
})

test('one that answers alone is taken as such; those that can not be asked say why', async () => {
  const agreement = await ask([await registry(good), await registry('no', { status: 403 }), 'http://127.0.0.1:1'])
  expect(agreement).toMatchObject({ digest: digestOf(good), by: 'alone' })
  expect(agreement.said.map(({ cause }) => cause?.split(':')[0] ?? null)).toEqual([
    null,
    'registry-denied',
    'registry-unreachable',
  ])
})

test.each([
  ['two that differ', [good, other]],
  ['two against two, and one more', [good, other, good, other, third]],
])('%s: refused, with what each said', async (_, bodies) => {
  const urls = await Promise.all(bodies.map((body) => registry(body)))
  await expect(ask(urls)).rejects.toMatchObject({
    code: 'sources-disagree',
    values: { image: 'library/golang:1.26' },
    cause: expect.stringContaining(`${urls[1]}  ${digestOf(other)}`),
  })
})

test('a digest is worked out, not believed; a portal’s page is no manifest', async () => {
  const liar = await registry(good, { said: digestOf(other) })
  await expect(ask([liar])).rejects.toMatchObject({ code: 'registry-unreachable' })
  await expect(ask([await registry('<html>log in</html>')])).rejects.toMatchObject({ code: 'registry-unreachable' })
  await expect(ask([await registry('{"schemaVersion":2}')])).rejects.toMatchObject({ code: 'registry-unreachable' })
})

test('with nobody to ask the first one’s own reason is told', async () => {
  await expect(ask([await registry('{}', { status: 429 })])).rejects.toMatchObject({ code: 'registry-rate-limit' })
})
