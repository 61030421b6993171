import { createServer, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { aMirror } from '../contract/test-mirror.ts'
import type { MirrorCatalogue } from './catalogue.ts'
import { openMirrorHttp } from './http/client.ts'
import { probe } from './probe.ts'
import { candidatesFor } from './candidates.ts'
import { testAdapter } from './race/test-adapter.ts'
import { LIMITS } from './race/limits.ts'
import { runRace } from './race/race.ts'
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

const adapter = testAdapter('go')
const open = (timeout = 1000) => openMirrorHttp({ environment: {}, timeout })

async function settle(current: readonly string[], catalogue: MirrorCatalogue, timeout = 1000) {
  const candidates = candidatesFor('go', catalogue.mirrors)
  const race = async (at: AbortSignal) => {
    const http = open(timeout)
    const options = { adapter, candidates, http, limits: LIMITS, last: null, machine: 'test', report: () => {} }
    return runRace(options, at).finally(() => http.close())
  }
  return settleAuto({ adapter, candidates, open: () => open(timeout), race }, current, signal)
}

test('a proxy answers; a portal, a refusal and silence do not', async () => {
  const ask = async (url: string, timeout = 1000, target: 'go' | 'docker' = 'go') => {
    const http = open(timeout)
    return probe(testAdapter(target), url, http, signal).finally(() => http.close())
  }
  expect(await ask(await serve(goProxy()))).toMatchObject({ ok: true, cause: null })
  expect(await ask(await serve(portal))).toMatchObject({ ok: false, cause: 'not a Go module proxy' })
  expect(await ask(dead)).toMatchObject({ ok: false, cause: expect.stringContaining('ECONNREFUSED') })
  expect(await ask(await serve(() => {}), 200)).toMatchObject({ ok: false, cause: 'no answer within 200 ms' })
  expect(await ask(await serve(portal), 1000, 'docker')).toMatchObject({ ok: false, cause: 'not a Docker registry' })
})

test('auto keeps what answers now', async () => {
  const now = await serve(goProxy(50))
  const settled = await settle([`${now}|direct`], catalogueOf([await serve(goProxy()), 'upstream']))
  expect(settled.chosen).toEqual([`${now}|direct`])
  expect(settled.note.key).toBe('plan:auto.kept')
})

test('a chain that stops at a dead proxy before the living one is not kept', async () => {
  const official = await serve(goProxy())
  const now = await serve(goProxy())
  const ask = (value: string) => settle([value], catalogueOf([official, 'upstream']))
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
  const settled = await settle([value], catalogueOf([dead, 'upstream']))
  expect(settled.chosen).toEqual([value])
  expect(Buffer.from(header.replace('Basic ', ''), 'base64').toString()).toBe('user:p@hush')
  expect(JSON.stringify(settled.note)).not.toContain('hush')
})

test('the race decides where nothing is set; the tool’s own default is a candidate like every other', async () => {
  const near = await serve(goProxy())
  const far = await serve(goProxy(150))
  const official = await settle([dead], catalogueOf([near, 'upstream'], [far, 'alive']))
  expect(official).toMatchObject({ chosen: [], note: { key: 'plan:auto.official', values: { url: near } } })
  const other = await settle([], catalogueOf([far, 'upstream'], [near, 'alive']))
  expect(other).toMatchObject({ chosen: [near, far], note: { key: 'plan:auto.fastest', values: { url: near } } })
})

test('auto says why nobody is left, and never takes a dead one', async () => {
  const alive = await serve(goProxy())
  const failed = settle([], catalogueOf([dead, 'upstream'], [await serve(portal), 'alive'], [alive, 'dead']), 500)
  await expect(failed).rejects.toMatchObject({ code: 'source-unreachable', values: { target: 'go' } })
  const cause = await failed.catch((error: Error) => error.message)
  expect(cause).toContain(`${dead}: refused-connection`)
  expect(cause).toContain('not-artefact not a Go module proxy')
  expect(cause).not.toContain(alive)
})
