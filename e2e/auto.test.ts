import { createServer, type Server } from 'node:http'
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
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
  await rm(join(lab.home, '.bashrc'))
})

test('the catalogue is listed, the dead included', async () => {
  const list = JSON.parse((await goready(lab, ['mirrors', 'list', '--json'])).stdout)
  expect(list.mirrors.map((mirror: { status: string }) => mirror.status)).toContain('dead')
  const people = await goready(lab, ['mirrors', 'list', '--target', 'go', '--lang', 'zh-CN'])
  expect(people.stdout).toContain('https://goproxy.cn')
  expect(people.stdout).not.toContain('npmmirror')
})

test('own sources are added, take part, and are removed', async () => {
  const before = tree(lab.home)
  const add = (url: string) =>
    goready(lab, ['mirrors', 'add', '--target', 'go', '--url', url, '--name', '机房', '--json'])
  const added = await add(lab.goproxy.url)
  expect(added.code).toBe(0)
  const file = catalogue([['go', DEAD, 'upstream']])
  const path = await profile(lab, { sources: { go: 'auto', sumdb: lab.goproxy.sumdb } })
  const plan = await goready(lab, ['plan', '--profile', path, '--json', '--catalogue', file])
  expect(JSON.stringify(plan.last.choices)).toContain(lab.goproxy.url)
  const people = await goready(lab, ['mirrors', 'list', '--target', 'go', '--lang', 'zh-CN'])
  expect(people.stdout).toMatch(/机房 .*自己添加/)
  const twice = await add(`${lab.goproxy.url}/`)
  expect([twice.code, errorOf(twice).code]).toEqual([2, 'bad-arguments'])
  expect((await add('https://u:secret@a.example')).code).toBe(2)
  const id = JSON.parse(added.stdout).added
  expect((await goready(lab, ['mirrors', 'remove', id])).code).toBe(0)
  expect((await goready(lab, ['mirrors', 'remove', id])).code).toBe(2)
  await rm(join(lab.home, '.local/state/goready/own-mirrors.json'))
  expect(tree(lab.home)).toEqual(before)
})

test('a renewal that is not signed, or changed since, is refused, and the list stays', async () => {
  const signed = readFileSync('assets/mirrors.signed')
  let body = signed.subarray(0, -2)
  const server = createServer((_, response) => response.end(body))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
  try {
    const renew = () => goready(lab, ['mirrors', 'list', '--refresh', '--url', url, '--json'])
    const changed = await renew()
    expect(changed.code).toBe(1)
    expect(changed.last).toMatchObject({
      origin: 'built-in',
      findings: [{ note: { key: 'catalogue:renew.bad-signature' } }],
    })
    expect(JSON.parse(changed.stdout).mirrors.length).toBeGreaterThan(30)
    body = Buffer.from('<html>log in first</html>')
    expect((await renew()).last).toMatchObject({ findings: [{ note: { key: 'catalogue:renew.not-signed' } }] })
    const people = await goready(lab, ['mirrors', 'list', '--refresh', '--url', url, '--lang', 'en'])
    expect(people.stdout).toContain('not signed')
    // Nobody is asked for a catalogue as long as nobody has named an address.
    expect((await goready(lab, ['mirrors', 'list', '--refresh'])).code).toBe(2)
  } finally {
    server.close()
  }
})

test('a source that has ended is told in detect and in a plan that leaves it, not in one that replaces it', async () => {
  const goenv = join(lab.home, '.config/go/env')
  await mkdir(join(lab.home, '.config/go'), { recursive: true })
  writeFileSync(goenv, `GOPROXY=${DEAD},direct\n`)
  const file = catalogue([
    ['go', DEAD, 'dead'],
    ['go', lab.goproxy.url, 'alive'],
  ])
  const warning = { id: 'mirror.dead.m0', severity: 'warning' }
  try {
    const machine = JSON.parse((await goready(lab, ['detect', '--json', '--catalogue', file])).stdout)
    expect(machine.findings).toMatchObject([warning])
    expect(machine.overrides).toContainEqual({
      target: 'go',
      name: 'GOPROXY',
      // In bash, an earlier test's line still wins.
      layers: expect.arrayContaining([{ value: `${DEAD},direct`, from: `${goenv}:1`, shell: null, wins: true }]),
    })
    const people = await goready(lab, ['detect', '--lang', 'zh-CN', '--catalogue', file])
    expect(people.stdout).toMatch(/127\.0\.0\.7:28999 已停用/)
    const plan = async (sources: object) => {
      const path = await profile(lab, { sources })
      return (await goready(lab, ['plan', '--profile', path, '--json', '--catalogue', file])).last.findings
    }
    expect(await plan({ docker: [lab.registry.url] })).toMatchObject([warning])
    expect(await plan({ go: lab.goproxy.url })).toEqual([])
    expect(await plan({ go: DEAD })).toMatchObject([{ ...warning, note: { key: 'catalogue:dead.profile' } }])
  } finally {
    await rm(goenv)
  }
})
