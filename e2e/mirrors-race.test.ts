import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { raceResultSchema, raceProgressSchema } from '../electron/contract/mirror.ts'
import { projectRoot } from './lab/cache.ts'
import { makeCertificates } from './lab/certificates.ts'
import { type GoProxy, startGoProxy } from './lab/goproxy.ts'

let folder: string
let proxy: GoProxy
const servers: Server[] = []
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'goready-race-cli-'))
  const certificates = await makeCertificates(join(folder, 'certificates'), ['IP:127.0.0.1', 'IP:127.0.0.2'])
  proxy = await startGoProxy(folder, '127.0.0.2', certificates)
  // What a race measures, should the lab not have it.
  for (const version of ['v0.7.0', 'v0.14.0'])
    await proxy.addModule('golang.org/x/text', version, { 'text.go': 'package text\n' }).catch(() => {})
})
afterAll(async () => {
  await proxy.stop()
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true })
})

/** A server that answers everything with this after so many milliseconds; null: never. */
async function serve(body: string | null, delay = 0): Promise<string> {
  const server = createServer((_, response) => {
    if (body !== null) setTimeout(() => response.end(body), delay)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function catalogue(urls: Readonly<Record<string, string>>): string {
  const path = join(folder, 'catalogue.json')
  const mirrors = Object.entries(urls).map(([id, url]) => ({
    id,
    target: 'go',
    name: { zh: id, en: id },
    url,
    status: id === 'official' ? 'upstream' : 'alive',
    source: 'test',
    date: '2026-11',
  }))
  writeFileSync(path, JSON.stringify({ date: '2026-11-22', mirrors }))
  return path
}

function cli(args: readonly string[], signalAt = '') {
  const home = join(folder, 'home')
  const argv = [join(projectRoot(), 'out/node/cli.js'), ...args, '--home', home, '--lang', 'en']
  const env = { ...process.env, GOSUMDB: proxy.sumdb }
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'], env })
  return new Promise<{ code: number | null; out: string; home: string }>((resolve, reject) => {
    let out = ''
    let signalled = signalAt === ''
    const hear = (text: Buffer): void => {
      out += text.toString()
      // Once: when the command has ended, its handler is gone before the process is.
      if (!signalled && out.includes(signalAt)) signalled = child.kill('SIGINT')
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, home }))
  })
}

const eventSchema = z.looseObject({ type: z.string() })
const events = (out: string) =>
  out
    .trim()
    .split('\n')
    .map((line) => eventSchema.parse(JSON.parse(line)))

test('events a line, the last one the result; it is kept, for its owner alone, and a broken one is ignored', async () => {
  const file = catalogue({
    official: 'http://127.0.0.7:28999',
    portal: await serve('<html>log in</html>'),
    good: proxy.url,
  })
  const args = ['mirrors', 'race', '--target', 'go', '--catalogue', file, '--json']
  const first = await cli(args)
  expect(first.code).toBe(0)
  const all = events(first.out)
  const last = all.at(-1)
  expect(last?.type).toBe('done')
  const [result] = z.array(raceResultSchema).parse(last?.result)
  expect(Object.fromEntries(result?.entries.map(({ id, reason }) => [id, reason]) ?? [])).toEqual({
    good: null,
    official: 'refused-connection',
    portal: 'not-artefact',
  })
  expect(result?.limits).toEqual({ ms: 6000, bytes: 30_000_000 })
  const phases = all.flatMap(({ race }) => (race === undefined ? [] : [raceProgressSchema.parse(race).phase]))
  expect(phases.at(-1)).toBe('done')
  const kept = join(first.home, '.local/state/goready/races.json')
  expect(statSync(kept).mode & 0o777).toBe(0o600)
  expect(JSON.parse(readFileSync(kept, 'utf8')).races).toHaveLength(1)
  writeFileSync(kept, '{"version":1,"races":[{')
  expect((await cli(args)).code).toBe(0)
  expect(JSON.parse(readFileSync(kept, 'utf8')).races).toHaveLength(1)
})

test('people read the limits first, then who is out and why; nothing usable is status 1', async () => {
  const file = catalogue({ official: 'http://127.0.0.7:28999', portal: await serve('<html>log in</html>') })
  const { code, out } = await cli(['mirrors', 'race', '--target', 'go', '--catalogue', file])
  expect(code).toBe(1)
  const [first, ...rest] = out.split('\n')
  expect(first).toContain('at most 6 s and 30.0 MB')
  const text = rest.join('\n')
  expect(text).toContain('It takes no connection.')
  expect(text).toContain('It answers with something else')
  expect(text).not.toContain('\u001b')
})

test('Ctrl-C ends it at once, with status 4', async () => {
  const file = catalogue({ official: await serve(null), other: await serve(null) })
  const { code } = await cli(['mirrors', 'race', '--target', 'go', '--catalogue', file, '--json'], '"type":"progress"')
  expect(code).toBe(4)
})

test.each([
  [['mirrors', 'race']],
  [['mirrors', 'race', '--target', 'brew']],
  [['mirrors', 'race', '--target', 'docker', '--image', '-x']],
])('%j is refused before anybody is asked', async (args) => {
  expect((await cli(args)).code).toBe(2)
})
