import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { aMirror } from '../contract/test-mirror.ts'
import type { MirrorCatalogue } from './catalogue.ts'
import { probe } from './probe.ts'
import { settleAuto } from './settle.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

function serve(listener: RequestListener): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer(listener)
    servers.push(server)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`)
    })
  })
}

const goProxy =
  (delay = 0): RequestListener =>
  (_, response) =>
    setTimeout(() => response.end('v0.8.0\nv0.9.1\n'), delay)
const portal: RequestListener = (_, response) => response.end('<html>please log in</html>')
const dead = 'http://127.0.0.7:28999'
const signal = new AbortController().signal

const catalogueOf = (...entries: [string, 'upstream' | 'alive' | 'dead'][]): MirrorCatalogue => ({
  date: '2026-11-22',
  mirrors: entries.map(([url, status], index) => aMirror({ id: `m${index}`, url, status })),
})

test('a proxy answers; a portal, a refusal and silence do not', async () => {
  expect(await probe('go', await serve(goProxy()), 1000, signal)).toMatchObject({ ok: true, cause: null })
  expect(await probe('go', await serve(portal), 1000, signal)).toMatchObject({
    ok: false,
    cause: 'not a Go module proxy',
  })
  expect(await probe('go', dead, 1000, signal)).toMatchObject({ ok: false, cause: 'ECONNREFUSED' })
  expect(await probe('go', await serve(() => {}), 200, signal)).toMatchObject({ ok: false, cause: 'timeout' })
  expect(await probe('docker', await serve(portal), 1000, signal)).toMatchObject({
    ok: false,
    cause: 'not a Docker registry',
  })
})

test('auto keeps what answers now', async () => {
  const now = await serve(goProxy(50))
  const settled = await settleAuto(
    'go',
    [`${now}|direct`],
    catalogueOf([await serve(goProxy()), 'upstream']),
    1000,
    signal,
  )
  expect(settled.chosen).toEqual([`${now}|direct`])
  expect(settled.note.key).toBe('plan:auto.kept')
})

test('a chain that stops at a dead proxy before the living one is not kept', async () => {
  const official = await serve(goProxy())
  const now = await serve(goProxy())
  const ask = (value: string) => settleAuto('go', [value], catalogueOf([official, 'upstream']), 1000, signal)
  expect((await ask(`${dead},${now}`)).chosen).toEqual([])
  expect((await ask(`${dead}|${now}`)).chosen).toEqual([`${dead}|${now}`])
  const empty = await serve((_, response) => response.writeHead(404).end())
  expect((await ask(`${empty},${now}`)).chosen).toEqual([`${empty},${now}`])
})

test('a proxy with credentials is asked with them and named without them', async () => {
  let header = ''
  const now = await serve((request, response) => {
    header = request.headers.authorization ?? ''
    goProxy()(request, response)
  })
  const value = now.replace('://', '://user:p%40hush@')
  const settled = await settleAuto('go', [value], catalogueOf([dead, 'upstream']), 1000, signal)
  expect(settled.chosen).toEqual([value])
  expect(Buffer.from(header.replace('Basic ', ''), 'base64').toString()).toBe('user:p@hush')
  expect(JSON.stringify(settled.note)).not.toContain('hush')
})

test('auto takes the official one where it answers, else the fastest of the living', async () => {
  const official = await serve(goProxy(50))
  const fast = await serve(goProxy())
  const slow = await serve(goProxy(150))
  const reached = await settleAuto('go', [dead], catalogueOf([official, 'upstream'], [fast, 'alive']), 1000, signal)
  expect(reached).toMatchObject({ chosen: [], note: { key: 'plan:auto.official' } })
  const blocked = await settleAuto(
    'go',
    [],
    catalogueOf([dead, 'upstream'], [slow, 'alive'], [fast, 'alive']),
    1000,
    signal,
  )
  expect(blocked.chosen).toEqual([fast, slow])
})

test('auto says so when nothing answers, and never takes a dead one', async () => {
  const alive = await serve(goProxy())
  await expect(
    settleAuto('go', [], catalogueOf([dead, 'upstream'], [alive, 'dead']), 500, signal),
  ).rejects.toMatchObject({
    code: 'source-unreachable',
  })
})
