import { expect, test } from 'vitest'
import type { Change, HandlerId, NoticeChange, RightsChange } from '../contract/plan.ts'
import { type Choices, type LineChannel, requestSchema, type Shown, shownOf } from '../core/elevation.ts'
import { fold } from '../core/plan.ts'
import type { Handler } from '../core/setting.ts'
import type { Reader } from '../core/system.ts'
import type { DoctorCheck } from '../doctor/check.ts'
import { dockerDaemonJsonCheck } from '../doctor/checks/docker/daemon-json.ts'
import { ownersCheck } from '../doctor/checks/files/owners.ts'
import { runChecks } from '../doctor/run.ts'
import { linuxPlaces } from '../platform/linux/places.ts'
import { formats } from '../settings/index.ts'
import { MemorySystem } from '../system/memory.ts'
import { firstForbidden } from './allowed.ts'
import { firstElsewhere } from './giving-back.ts'
import { readerOf } from './reader.ts'
import { contextOf, openHelpersDoctor } from './repairs.ts'
import { serve } from './serve.ts'

const HOME = '/home/ann'
const GO = `${HOME}/.config/go`
const ENV = `${GO}/env`
const DAEMON = '/etc/docker/daemon.json'
const RUN = '20261122T143000123Z-3f9a1c'
const asking = { uid: 1000, gid: 1000, home: HOME }
const { signal } = new AbortController()
const places = linuxPlaces({ environment: { HOME: '/nonexistent' }, uid: 0, username: 'root' })
const placesOf = (home: string) => linuxPlaces({ home, environment: {}, uid: 0, username: 'root' })
const annsPlaces = linuxPlaces({ environment: { HOME }, uid: 1000, username: 'ann' })

/** ann's home, in which sudo has left Go's settings, and a daemon.json with one comma too many. */
function machine(): MemorySystem {
  const sys = new MemorySystem({ [DAEMON]: '{ "debug": false, }\n', '/usr/bin/dockerd': '', '/var/lib/x': '' }, 0)
  for (const path of [HOME, `${HOME}/.config`]) {
    sys.folder(path)
    sys.folder(path, 1000)
  }
  sys.put(ENV, 'GOPROXY=direct\n', { mode: 0o600 })
  sys.put(`${HOME}/.npmrc`, '', { uid: 1000 })
  return sys
}

/** What ann's own look offers, with what a plan of it shows. */
async function offered(sys: Reader, check: DoctorCheck): Promise<{ id: string; changes: readonly Change[] }> {
  const eyes = { ...readerOf(sys), identity: { uid: 1000, gid: 1000 } }
  const context = contextOf(eyes, annsPlaces, signal)
  const { repairs } = await runChecks([check], { context, muted: new Set(), report: () => {} }, signal)
  for (const [id, { repair }] of repairs) {
    if (repair.kind === 'changes') return { id, changes: repair.changes }
    if (repair.kind === 'edits') return { id, changes: await fold(repair.edits, formats, sys) }
  }
  throw new Error('nothing is offered')
}

const choicesOf = (...repairs: readonly string[]): Choices => ({
  ...{ profile: null, owners: [], settled: {}, texts: {} },
  repairs: [...repairs],
})
const shownBy = async (changes: readonly Change[]): Promise<Shown[]> =>
  (await Promise.all(changes.map((change) => shownOf(change)))).filter((one) => one !== null)

async function requestFor(sys: Reader, check: DoctorCheck) {
  const { id, changes } = await offered(sys, check)
  return { op: 'apply', run: RUN, choices: choicesOf(id), shown: await shownBy(changes) }
}

const handlers = new Map<HandlerId, Handler>([
  ['docker-reload', { id: 'docker-reload', interim: () => Promise.resolve(null), notice: () => Promise.resolve() }],
])

/** What the helper answers to a request, which is kept where it could be done. */
async function talk(sys: MemorySystem, request: unknown, who: typeof asking | null = asking): Promise<unknown[]> {
  const said: unknown[] = []
  const lines = [JSON.stringify(request), '{"say":"keep"}']
  let wake = (): void => {}
  let heard = 0
  const channel: LineChannel = {
    send(text) {
      if (/^\{"t":"(ready|report)"/.test(text)) return
      said.push(JSON.parse(text))
      wake()
    },
    // Each line comes when the one before it is answered.
    async receive() {
      const at = heard++
      while (said.length < at)
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      return lines[at] ?? null
    },
    close: () => {},
  }
  const presence = {
    has: () => Promise.resolve(false),
    prepare: () => Promise.reject(new Error('not asked')),
    brings: () => Promise.resolve(null),
    left: () => Promise.resolve(false),
    set: () => Promise.reject(new Error('not asked')),
    possible: () => Promise.resolve(true),
  }
  const doctor = openHelpersDoctor({ sys, places, asking: who, placesOf })
  const machineOf = {
    sys,
    places,
    channel,
    handlers,
    presence,
    doctor,
    state: '/var/lib/goready',
    pid: 1,
    forgets: true,
    signal,
  }
  await serve({ ...machineOf, presences: () => Promise.resolve([]) })
  return said
}

const outside = (sys: MemorySystem) =>
  JSON.stringify(Object.entries(sys.tree()).filter(([path]) => !path.startsWith('/var/lib')))
const DONE = [{ t: 'done', undo: null }, { t: 'kept' }]

test('the owner of what sudo has left comes back, out of the own record root’s again', async () => {
  const sys = machine()
  const before = outside(sys)
  const request = await requestFor(sys, ownersCheck)
  expect(request.shown).toEqual([
    { kind: 'rights', path: GO, before: { mode: 0o755, uid: 0, gid: 0 }, after: { mode: 0o755, uid: 1000, gid: 1000 } },
    {
      kind: 'rights',
      path: ENV,
      before: { mode: 0o600, uid: 0, gid: 0 },
      after: { mode: 0o600, uid: 1000, gid: 1000 },
    },
  ])
  expect(await talk(sys, request)).toEqual(DONE)
  expect(sys.tree()[ENV]).toMatch(/^600 1000:1000 /)
  expect(sys.tree()[GO]).toBe('dir 755 1000:1000')
  const undone = await talk(sys, { op: 'undo', run: RUN, policy: 'keep' })
  expect(undone).toMatchObject([{ t: 'done', undo: { restored: expect.arrayContaining([GO, ENV]) } }])
  expect(outside(sys)).toBe(before)
})

test('a broken daemon.json is mended, out of the own record broken again', async () => {
  const sys = machine()
  const before = outside(sys)
  expect(await talk(sys, await requestFor(sys, dockerDaemonJsonCheck))).toEqual(DONE)
  expect(sys.text(DAEMON)).toBe('{ "debug": false }\n')
  await talk(sys, { op: 'undo', run: RUN, policy: 'keep' })
  expect(outside(sys)).toBe(before)
})

type Request = Awaited<ReturnType<typeof requestFor>>
type Wrong = readonly [name: string, code: string, make: (good: Request, sys: MemorySystem) => unknown]
const first = (good: Request, more: object): unknown => ({
  ...good,
  shown: good.shown.map((one, index) => (index === 0 ? { ...one, ...more } : one)),
})
const rightsOf = (mode: number, uid: number, gid: number) => ({ mode, uid, gid })

const wrongs: readonly Wrong[] = [
  [
    'a repair of another code',
    'admin-forbidden',
    (good) => ({ ...good, choices: choicesOf('files.mode-closed-00000000') }),
  ],
  [
    'a repair of another finding',
    'changed-since-plan',
    (good) => ({ ...good, choices: choicesOf('files.foreign-owner-00000000') }),
  ],
  ['an id that is none', 'bad-request', (good) => ({ ...good, choices: choicesOf('../../etc/passwd') })],
  [
    'too many ids',
    'bad-request',
    (good) => ({ ...good, choices: choicesOf(...Array<string>(9).fill('files.foreign-owner-00000000')) }),
  ],
  ['no id', 'changed-since-plan', (good) => ({ ...good, choices: choicesOf() })],
  ['the file of another repair', 'changed-since-plan', (good) => first(good, { path: '/etc/shadow' })],
  ['a way around', 'changed-since-plan', (good) => first(good, { path: `${HOME}/.config/../.config/go` })],
  ['another account', 'changed-since-plan', (good) => first(good, { after: rightsOf(0o755, 1001, 1000) })],
  ['another group', 'changed-since-plan', (good) => first(good, { after: rightsOf(0o755, 1000, 0) })],
  ['setuid', 'changed-since-plan', (good) => first(good, { after: rightsOf(0o4755, 1000, 1000) })],
  ['open to all', 'changed-since-plan', (good) => first(good, { after: rightsOf(0o777, 1000, 1000) })],
  ['a mode that is none', 'bad-request', (good) => first(good, { after: rightsOf(0o10755, 1000, 1000) })],
  ['a number that is none', 'bad-request', (good) => first(good, { after: rightsOf(0o755, -1, 1000) })],
  ['more than a change is', 'bad-request', (good) => first(good, { real: '/etc/shadow' })],
  ['the same twice', 'changed-since-plan', (good) => ({ ...good, shown: [...good.shown, ...good.shown] })],
  [
    'a notice of no repair',
    'changed-since-plan',
    (good) => ({ ...good, shown: [{ kind: 'notice', path: DAEMON, handler: 'docker-reload' }] }),
  ],
  [
    'a file that changed since',
    'changed-since-plan',
    (good, sys) => {
      sys.put(ENV, '', { mode: 0o644 })
      return good
    },
  ],
  [
    'a second name',
    'changed-since-plan',
    (good, sys) => {
      sys.put(ENV, '', { mode: 0o600, links: 2 })
      return good
    },
  ],
  [
    'setgid that was there',
    'changed-since-plan',
    async (good, sys) => {
      await sys.setRights(GO, rightsOf(0o2755, 0, 0))
      return first(good, { before: rightsOf(0o2755, 0, 0), after: rightsOf(0o2755, 1000, 1000) })
    },
  ],
  [
    'a link in the place of the folder',
    'changed-since-plan',
    async (good, sys) => {
      sys.put('/srv/roots/env', '', { mode: 0o600 })
      await sys.removeFile(ENV)
      await sys.removeDir(GO)
      sys.link(GO, '/srv/roots', 1000)
      return good
    },
  ],
  [
    'a link in the place of the file',
    'changed-since-plan',
    async (good, sys) => {
      await sys.removeFile(ENV)
      sys.link(ENV, '/etc/shadow', 1000)
      return good
    },
  ],
]

test.each(wrongs)('%s is refused, and nothing is touched', async (_name, code, make) => {
  const sys = machine()
  sys.put('/etc/shadow', 'root:x\n', { mode: 0o600 })
  const request = await make(await requestFor(sys, ownersCheck), sys)
  const before = outside(sys)
  expect(await talk(sys, request)).toMatchObject([{ t: 'failed', error: { code } }])
  expect(outside(sys)).toBe(before)
})

test('what was shown of daemon.json must be what the own look makes of it', async () => {
  for (const change of [{ after: 'a'.repeat(64) }, { before: 'a'.repeat(64) }, { path: '/etc/docker/other.json' }]) {
    const sys = machine()
    const good = await requestFor(sys, dockerDaemonJsonCheck)
    const before = outside(sys)
    expect(await talk(sys, first(good, change))).toMatchObject([{ t: 'failed', error: { code: 'changed-since-plan' } }])
    expect(outside(sys)).toBe(before)
  }
  const linked = machine()
  const good = await requestFor(linked, dockerDaemonJsonCheck)
  linked.put('/opt/real.json', linked.text(DAEMON) ?? '')
  await linked.removeFile(DAEMON)
  linked.link(DAEMON, '/opt/real.json')
  expect(await talk(linked, good)).toMatchObject([{ t: 'failed' }])
  expect(linked.text('/opt/real.json')).toBe('{ "debug": false, }\n')
})

test('nobody that the account database knows gets any rights, and nobody else’s home is looked at', async () => {
  for (const who of [null, { uid: 1001, gid: 1001, home: '/home/bob' }]) {
    const sys = machine()
    const request = await requestFor(sys, ownersCheck)
    const before = outside(sys)
    expect(await talk(sys, request, who)).toMatchObject([{ t: 'failed', error: { code: 'changed-since-plan' } }])
    expect(outside(sys)).toBe(before)
  }
})

const rights = (path: string, before: number[], after: number[]): RightsChange => {
  const of = ([mode = 0, uid = 0, gid = 0]: number[]) => ({ mode, uid, gid })
  return { kind: 'rights', path, before: of(before), after: of(after), admin: false }
}
const notice = (path: string, handler: HandlerId): NoticeChange => ({ kind: 'notice', path, handler, admin: false })
const ROOTS = [0o644, 0, 0]
const ANNS = [0o644, 1000, 1000]

test('the last wall: what rights may become, below which home, and who is told of what', () => {
  const allowed = (change: Change, who: typeof asking | null = asking) =>
    firstForbidden([change], places, { asking: who }) === null
  expect(allowed(rights(ENV, ROOTS, ANNS))).toBe(true)
  expect(allowed(rights(ENV, [0o044, 0, 0], [0o644, 1000, 1000]))).toBe(true)
  expect(allowed(rights(ENV, ROOTS, ANNS), null)).toBe(false)
  expect(allowed(rights(ENV, ROOTS, ANNS), { uid: 0, gid: 0, home: HOME })).toBe(false)
  expect(firstForbidden([rights(ENV, ROOTS, ANNS)], places)).toBe(ENV)
  const paths = [HOME, '/home', '/', '', '/etc/passwd', '/home/anna/x', `${HOME}/../bob/x`, `${HOME}//x`, `${HOME}/./x`]
  for (const path of paths) expect([path, allowed(rights(path, ROOTS, ANNS))]).toEqual([path, false])
  const wrong: readonly (readonly [number[], number[]])[] = [
    [[0o644, 1001, 0], ANNS],
    [[0o644, 1000, 1000], ROOTS],
    [ROOTS, [0o644, 1001, 1000]],
    [ROOTS, [0o644, 1000, 0]],
    [ROOTS, [0o4644, 1000, 1000]],
    [ROOTS, [0o2644, 1000, 1000]],
    [
      [0o4755, 0, 0],
      [0o4755, 1000, 1000],
    ],
    [
      [0o4755, 0, 0],
      [0o755, 1000, 1000],
    ],
    [ROOTS, [0o664, 1000, 1000]],
    [ROOTS, [0o646, 1000, 1000]],
    [ROOTS, [0o640, 1000, 1000]],
  ]
  for (const [before, after] of wrong)
    expect([before, after, allowed(rights(ENV, before, after))]).toEqual([before, after, false])
  expect(allowed(notice(DAEMON, 'docker-reload'))).toBe(true)
  expect(allowed(notice(DAEMON, 'apt-update'))).toBe(false)
  expect(allowed(notice('/etc/docker/other.json', 'docker-reload'))).toBe(false)
  expect(firstForbidden([notice(DAEMON, 'docker-reload')], places)).toBe(DAEMON)
  const tree = { kind: 'tree', path: GO, bytes: 1, mtimeMs: 1, final: false, admin: false } as const
  expect(allowed(tree)).toBe(false)
})

test('a link on the way, a second name and what is no file are no place for rights', async () => {
  const sys = machine()
  sys.put(`${HOME}/two`, '', { links: 2 })
  sys.link(`${HOME}/way`, GO, 1000)
  sys.link(`${HOME}/itself`, ENV, 1000)
  expect(
    await firstElsewhere([rights(GO, ROOTS, ANNS), rights(ENV, ROOTS, ANNS), notice(DAEMON, 'docker-reload')], sys),
  ).toBeNull()
  for (const path of [`${HOME}/two`, `${HOME}/way/env`, `${HOME}/itself`, `${HOME}/gone`])
    expect(await firstElsewhere([rights(path, ROOTS, ANNS)], sys)).toBe(path)
  expect(await firstElsewhere([notice(`${HOME}/way/env`, 'docker-reload')], sys)).toBe(`${HOME}/way/env`)
})

test('a request of a whole cache fits', () => {
  const one = {
    kind: 'rights',
    path: ENV,
    before: { mode: 0o644, uid: 0, gid: 0 },
    after: { mode: 0o644, uid: 1, gid: 1 },
  }
  const request = {
    op: 'apply',
    run: RUN,
    choices: choicesOf('files.foreign-owner-00000000'),
    shown: Array(2001).fill(one),
  }
  expect(requestSchema.safeParse(request).success).toBe(true)
})
