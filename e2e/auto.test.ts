import { createServer, type Server } from 'node:http'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { errorOf, goready, profile, tree } from './harness.ts'
import { type Lab, startLab } from './lab/lab.ts'

let lab: Lab
let portal: Server
let portalUrl: string
const DEAD = 'http://127.0.0.7:28999'

beforeAll(async () => {
  lab = await startLab()
  portal = createServer((_, response) => response.end('<html>log in first</html>'))
  await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve))
  const address = portal.address()
  portalUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
})
afterAll(async () => {
  portal.close()
  await lab.stop()
  expect(await lab.leftovers()).toEqual([])
})

/** The lab's tags with mirrors of our choice. */
function catalogue(mirrors: readonly [target: string, url: string, status: string][]): string {
  const path = join(lab.dir, 'catalogue.json')
  const entries = mirrors.map(([target, url, status], index) => ({
    id: `m${index}`,
    target,
    name: { zh: '测试', en: 'test' },
    url,
    country: null,
    status,
    since: null,
    limits: null,
    source: 'test',
    date: '2026-11',
  }))
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(lab.catalogue, 'utf8')), mirrors: entries }))
  return path
}

test('auto passes over what is dead or a portal, takes what answers, and keeps it', async () => {
  const before = tree(lab.home)
  const file = catalogue([
    ['go', portalUrl, 'upstream'],
    ['go', DEAD, 'alive'],
    ['go', lab.goproxy.url, 'alive'],
    ['docker', DEAD, 'upstream'],
    ['docker', portalUrl, 'alive'],
    ['docker', lab.registry.url, 'alive'],
  ])
  const path = await profile(lab, {
    sources: { go: 'auto', sumdb: lab.goproxy.sumdb, docker: 'auto' },
    policy: { timeout: '2s' },
  })
  const args = ['--profile', path, '--json', '--catalogue', file]
  const applied = await goready(lab, ['apply', '--yes', ...args])
  expect(applied.code).toBe(0)
  expect(readFileSync(join(lab.home, '.config/go/env'), 'utf8')).toContain(`GOPROXY=${lab.goproxy.url}`)
  expect(JSON.parse(readFileSync(lab.daemonJson, 'utf8'))).toEqual({ 'registry-mirrors': [lab.registry.url] })
  expect(JSON.stringify(applied.last)).toContain('plan:auto.fastest')
  const again = await goready(lab, ['plan', ...args])
  expect(again.code).toBe(0)
  expect(JSON.stringify(again.last.choices)).toContain('plan:auto.kept')
  expect((await goready(lab, ['undo'])).code).toBe(0)
  expect(tree(lab.home)).toEqual(before)
})

test('auto with nothing that answers says what it tried', async () => {
  const file = catalogue([['go', DEAD, 'upstream']])
  const path = await profile(lab, { sources: { go: 'auto' } })
  const outcome = await goready(lab, ['plan', '--profile', path, '--json', '--catalogue', file])
  expect(outcome.code).toBe(1)
  expect(errorOf(outcome)).toMatchObject({ code: 'source-unreachable', values: { target: 'go' } })
  expect(errorOf(outcome).cause).toContain(DEAD)
})

test('official removes the override, also where an export hides it', async () => {
  const rc = 'export GOPROXY=https://old.example\n'
  writeFileSync(join(lab.home, '.bashrc'), rc)
  const mine = await profile(lab, { sources: { go: lab.goproxy.url, docker: [lab.registry.url] } })
  expect((await goready(lab, ['apply', '--yes', '--profile', mine])).code).toBe(0)
  const official = await profile(lab, { sources: { go: 'official', docker: 'official' } }, 'official.yml')
  const outcome = await goready(lab, ['apply', '--yes', '--json', '--profile', official])
  expect(outcome.code).toBe(0)
  expect(readFileSync(lab.daemonJson, 'utf8')).not.toContain(lab.registry.url)
  expect(await lab.docker('info', '--format', '{{json .RegistryConfig.Mirrors}}')).toBe('[]')
  const detected = JSON.parse((await goready(lab, ['detect', '--json'])).stdout)
  expect(detected.go.settings.filter((entry: { from: string }) => entry.from.endsWith('go/env'))).toEqual([])
  expect((await goready(lab, ['plan', '--profile', official])).code).toBe(0)
  // The newest run first; then the older one can go as well.
  expect((await goready(lab, ['undo'])).code).toBe(0)
  expect((await goready(lab, ['undo'])).code).toBe(0)
  expect(readFileSync(join(lab.home, '.bashrc'), 'utf8')).toBe(rc)
})

test('the catalogue is listed, the dead included', async () => {
  const list = JSON.parse((await goready(lab, ['mirrors', 'list', '--json'])).stdout)
  expect(list.mirrors.map((mirror: { status: string }) => mirror.status)).toContain('dead')
  const people = await goready(lab, ['mirrors', 'list', '--target', 'go', '--lang', 'zh-CN'])
  expect(people.stdout).toContain('https://goproxy.cn')
  expect(people.stdout).not.toContain('npmmirror')
})
