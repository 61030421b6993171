import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HandlerId } from '../contract/plan.ts'
import type { LineChannel, Reply, Shown } from '../core/elevation.ts'
import { fold } from '../core/plan.ts'
import type { Presence } from '../core/presence.ts'
import type { Handler } from '../core/setting.ts'
import { shownOf } from '../core/elevation.ts'
import { linuxPlaces } from '../platform/linux/places.ts'
import { formats } from '../settings/index.ts'
import { MemorySystem } from '../system/memory.ts'
import { firstForbidden } from './allowed.ts'
import { serve } from './serve.ts'

const DAEMON = '/etc/docker/daemon.json'
const OLD = '{ "debug": false }\n'
const MIRROR = 'https://docker.example.com'
const RUN = '20261122T143000123Z-3f9a1c'
const STATE = '/var/lib/goready'
const choices = {
  profile: { version: 1, sources: { docker: [MIRROR] } },
  owners: ['docker'],
  settled: {},
  texts: {},
}
const none: Presence = {
  has: () => Promise.resolve(false),
  prepare: () => Promise.reject(new Error('not asked')),
  brings: () => Promise.resolve(null),
  left: () => Promise.resolve(false),
  set: () => Promise.reject(new Error('not asked')),
  possible: () => Promise.resolve(true),
}
const handlers = new Map<HandlerId, Handler>(
  (['docker-reload', 'apt-update'] as const).map((id) => [
    id,
    { id, interim: () => Promise.resolve(null), notice: () => Promise.resolve() },
  ]),
)

function machine() {
  const files = {
    [DAEMON]: OLD,
    '/etc/apt/sources.list': 'deb http://deb.example.com/debian bookworm main\n',
    '/etc/profile.d/other.sh': 'umask 022\n',
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/bash\n',
    '/var/lib/x': '',
    '/home/ann/.bashrc': 'PS1=x\n',
  }
  return new MemorySystem(files, 0)
}
const places = linuxPlaces({ environment: { HOME: '/nonexistent' }, uid: 0, username: 'root' })

/** Hands lines to the helper, each as soon as the one before it is answered; then it closes. */
async function talk(sys: MemorySystem, lines: readonly string[], forgets = true): Promise<Reply[]> {
  const said: Reply[] = []
  let wake = (): void => {}
  let heard = 0
  const channel: LineChannel = {
    send(text) {
      const reply: Reply = JSON.parse(text)
      if (reply.t === 'ready' || reply.t === 'report') return
      said.push(reply)
      wake()
    },
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
  const { signal } = new AbortController()
  const presences = () => Promise.resolve([])
  await serve({ sys, places, channel, handlers, presence: none, state: STATE, pid: 1, forgets, signal, presences })
  return said
}

const outside = (sys: MemorySystem) =>
  JSON.stringify(Object.entries(sys.tree()).filter(([path]) => !path.startsWith(STATE)))

/** What a person was shown of the change of daemon.json. */
async function shownDaemon(sys: MemorySystem): Promise<Shown> {
  const target = { kind: 'file' as const, path: DAEMON, format: 'daemon-json' as const, mode: 0o644, notify: [] }
  const edit = { target, owner: 'docker' as const, key: 'registry-mirrors', before: null, after: [MIRROR] }
  const [change] = await fold([edit], formats, sys)
  const shown = change && (await shownOf(change))
  if (!shown) throw new Error('no change')
  return shown
}
const request = async (sys: MemorySystem, more: object = {}) => ({
  op: 'apply',
  run: RUN,
  choices,
  shown: [await shownDaemon(sys)],
  ...more,
})
const keep = '{"say":"keep"}'

test('what was shown is planned again, done, kept, and undone from the own record', async () => {
  const sys = machine()
  const before = outside(sys)
  expect(await talk(sys, [JSON.stringify(await request(sys)), keep])).toEqual([
    { t: 'done', undo: null },
    { t: 'kept' },
  ])
  expect(sys.text(DAEMON)).toContain(MIRROR)
  expect(sys.tree()[`${STATE}/runs/${RUN}.jsonl`]).toBeDefined()
  const undo = { op: 'undo', run: RUN, policy: 'ask' }
  const [undone] = await talk(sys, [JSON.stringify(undo)])
  expect(undone).toMatchObject({ t: 'done', undo: { restored: [DAEMON] } })
  expect(outside(sys)).toBe(before)
  expect(await talk(sys, [JSON.stringify(undo)])).toEqual([{ t: 'done', undo: null }])
  expect(await talk(sys, [JSON.stringify({ ...undo, run: RUN.replace('3f', '4f') })])).toEqual([
    { t: 'done', undo: null },
  ])
})

test.each([
  ['closed', []],
  ['give back', ['{"say":"give back"}']],
  ['a word that nobody knows', ['{"say":"keep","more":1}']],
  ['no JSON', ['keep']],
])('%s behind the request gives everything back', async (_what, said) => {
  const sys = machine()
  const before = outside(sys)
  const replies = await talk(sys, [JSON.stringify(await request(sys)), ...said])
  expect(replies).toEqual([
    { t: 'done', undo: null },
    { t: 'returned', remaining: [] },
  ])
  expect(outside(sys)).toBe(before)
})

test('an edited file is asked about; its owner answers', async () => {
  const sys = machine()
  await talk(sys, [JSON.stringify(await request(sys)), keep])
  sys.put(DAEMON, `{ "debug": true, "registry-mirrors": ["${MIRROR}"] }\n`, { uid: 0, mode: 0o644 })
  const undo = JSON.stringify({ op: 'undo', run: RUN, policy: 'ask' })
  const left = await talk(sys, [undo])
  expect(left.map(({ t }) => t)).toEqual(['ask', 'returned'])
  const answered = await talk(sys, [undo, '{"say":"answer","answer":"ours"}'])
  expect(answered.map(({ t }) => t)).toEqual(['ask', 'done'])
  expect(sys.text(DAEMON)).toBe('{ "debug": true }\n')
})

test('root alone has all records forgotten, once nothing is left to give back', async () => {
  const sys = machine()
  const before = outside(sys)
  const forget = (undo: boolean) => JSON.stringify({ op: 'forget', undo })
  expect(await talk(sys, [forget(false)])).toEqual([{ t: 'done', undo: null }])
  await talk(sys, [JSON.stringify(await request(sys)), keep])
  const kept = sys.tree()
  expect(await talk(sys, [forget(true)], false)).toMatchObject([{ t: 'failed', error: { code: 'bad-request' } }])
  expect(await talk(sys, [forget(false)])).toEqual([{ t: 'returned', remaining: [DAEMON] }])
  expect(sys.tree()).toEqual(kept)
  sys.put(DAEMON, `{ "debug": true, "registry-mirrors": ["${MIRROR}"] }\n`, { uid: 0, mode: 0o644 })
  expect(await talk(sys, [forget(true)])).toEqual([{ t: 'done', undo: null }])
  expect(sys.text(DAEMON)).toBe('{ "debug": true }\n')
  expect(Object.keys(sys.tree()).filter((path) => path.startsWith(STATE))).toEqual([])
  sys.put(DAEMON, OLD, { uid: 0, mode: 0o644 })
  expect(outside(sys)).toBe(before)
})

const sign = fc.constantFrom('absent', 'a'.repeat(64), '0'.repeat(64))
const evilPath = fc.oneof(
  fc.constantFrom(
    '/etc/passwd',
    '/etc/shadow',
    '/etc/profile.d/other.sh',
    '/etc/docker/../passwd',
    '/etc/docker/certs.d/../daemon.json',
    '/etc/docker/certs.d/a/b/ca.crt',
    '//etc/docker/daemon.json',
    '/etc/apt/sources.list.d/../../passwd',
    '/etc/sudoers.d/x',
    '/home/ann/.bashrc',
    '/root/.ssh/authorized_keys',
    '/var/lib/goready/runs/x.jsonl',
    DAEMON,
  ),
  fc.string({ maxLength: 40 }).map((text) => `/etc/docker/certs.d/${text}/ca.crt`),
  fc.string({ maxLength: 40 }),
)
const evilShown = fc.oneof(
  fc.record({ kind: fc.constant('file'), path: evilPath, before: sign, after: sign }),
  fc.record({ kind: fc.constant('dir'), path: evilPath }),
  fc.record({ kind: fc.constantFrom('package', 'service'), name: fc.constantFrom('docker.io', 'ssh', '-o', '../x') }),
  fc.record({ kind: fc.constant('group'), name: fc.constantFrom('docker', 'sudo'), user: fc.string({ maxLength: 9 }) }),
  fc.record({ kind: fc.constant('env'), name: fc.string({ maxLength: 9 }), before: sign, after: sign }),
  fc.record({ kind: fc.constant('file'), path: evilPath, before: sign, after: sign, bytes: fc.string() }),
)
const evilProfile = fc.oneof(
  fc.constant(choices.profile),
  fc.record({ version: fc.constant(1), sources: fc.record({ docker: fc.array(fc.webUrl(), { maxLength: 2 }) }) }),
  fc.constantFrom<unknown>(
    { version: 1, authorities: [{ file: '/etc/shadow', for: ['docker'] }], image: 'r.example.com/golang:1' },
    { version: 1, sources: { docker: ['https://../'] } },
    { version: 1, env: { scope: 'system', set: { LD_PRELOAD: '/evil.so' } } },
    { version: 1, home: '/home/ann' },
    JSON.parse('{"version":1,"__proto__":{"x":1}}'),
    null,
    [],
  ),
)
const evilRequest = fc.record(
  {
    op: fc.constantFrom('apply', 'undo', 'run'),
    run: fc.oneof(fc.constant(RUN), fc.string(), fc.constant('../../etc/cron.d/x')),
    policy: fc.constantFrom('ask', 'restore', 'x'),
    choices: fc.record({
      profile: evilProfile,
      owners: fc.subarray(['docker', 'authority', 'shell', 'go', 'apt', 'npm', 'x']),
      settled: fc.constantFrom({}, { docker: ['file:///etc/passwd'] }, { docker: [MIRROR] }, { x: [] }),
      texts: fc.constantFrom({}, { '/etc/passwd': 'x' }, { '/dev/null/0': 'no certificate' }),
    }),
    shown: fc.array(evilShown, { maxLength: 3 }),
    home: fc.constant('/home/ann'),
    root: fc.constant('/other'),
  },
  { requiredKeys: ['op'] },
)
const evilLine = fc.oneof(
  { weight: 6, arbitrary: evilRequest.map((one) => JSON.stringify(one)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string() },
)

test('whatever is asked that was not planned and shown changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(evilLine, async (line) => {
      const sys = machine()
      const before = outside(sys)
      const replies = await talk(sys, [line, keep])
      expect(replies).toHaveLength(1)
      const [reply] = replies
      // Only an undo of a run that nobody knows is no error.
      if (reply?.t !== 'failed') expect(reply).toEqual({ t: 'done', undo: null })
      expect(outside(sys)).toBe(before)
    }),
    { numRuns: 400 },
  )
})

test('a good request with one thing wrong is refused', async () => {
  const wrong = (change: object) => async (sys: MemorySystem) => request(sys, change)
  const sign64 = 'b'.repeat(64)
  const cases: ((sys: MemorySystem) => Promise<unknown>)[] = [
    wrong({ root: '/' }),
    wrong({ run: `${RUN}x` }),
    wrong({ shown: [] }),
    wrong({ choices: { ...choices, owners: [] } }),
    wrong({ choices: { ...choices, profile: { version: 1, sources: { docker: ['https://evil.example.com'] } } } }),
    wrong({ choices: { ...choices, profile: { version: 1, sources: { docker: 'auto' } } } }),
    async (sys) => request(sys, { shown: [{ ...(await shownDaemon(sys)), before: sign64 }] }),
    async (sys) => request(sys, { shown: [{ ...(await shownDaemon(sys)), after: sign64 }] }),
    async (sys) => request(sys, { shown: [{ ...(await shownDaemon(sys)), path: '/etc/docker/./daemon.json' }] }),
    async (sys) => request(sys, { shown: [await shownDaemon(sys), await shownDaemon(sys)] }),
    async (sys) => {
      const good = await request(sys)
      sys.put(DAEMON, '{ "debug": true }\n', { uid: 0, mode: 0o644 })
      return good
    },
  ]
  for (const make of cases) {
    const sys = machine()
    const line = JSON.stringify(await make(sys))
    const before = outside(sys)
    const replies = await talk(sys, [line, keep])
    expect(replies, line).toMatchObject([{ t: 'failed' }])
    expect(outside(sys)).toBe(before)
  }
})

test('a file behind a link is not the one that is allowed', async () => {
  const sys = machine()
  sys.put('/opt/real.json', OLD, { uid: 0, mode: 0o644 })
  await sys.removeFile(DAEMON)
  sys.link(DAEMON, '/opt/real.json')
  const replies = await talk(sys, [JSON.stringify(await request(sys)), keep])
  expect(replies).toMatchObject([{ t: 'failed', error: { code: 'admin-forbidden', values: { path: DAEMON } } }])
  expect(sys.text('/opt/real.json')).toBe(OLD)
})

test('names, keys, owners and modes beside those of the list are forbidden', async () => {
  const sys = machine()
  const edit = (path: string, format: 'whole' | 'env-sh' | 'daemon-json' | 'fence', key: string) => ({
    target: { kind: 'file' as const, path, format, mode: 0o644, notify: [] },
    owner: 'shell' as const,
    key,
    before: null,
    after: format === 'daemon-json' ? true : 'x',
  })
  const forbidden = async (path: string, format: Parameters<typeof edit>[1], key: string) => {
    const changes = await fold([edit(path, format, key)], formats, sys)
    return firstForbidden(changes, places)
  }
  expect(await forbidden('/etc/profile.d/goready.sh', 'env-sh', 'var:FOO')).toBeNull()
  expect(await forbidden('/etc/profile.d/goready.sh', 'env-sh', 'var:LD_PRELOAD')).not.toBeNull()
  expect(await forbidden('/etc/profile.d/goready.sh', 'whole', 'content')).not.toBeNull()
  expect(await forbidden('/etc/profile.d/evil.sh', 'env-sh', 'var:FOO')).not.toBeNull()
  expect(await forbidden('/etc/docker/certs.d/r.example.com:5000/ca.crt', 'whole', 'content')).toBeNull()
  expect(await forbidden('/etc/docker/certs.d/.hidden/ca.crt', 'whole', 'content')).not.toBeNull()
  expect(await forbidden('/etc/docker/certs.d/r/evil.sh', 'whole', 'content')).not.toBeNull()
  expect(await forbidden(DAEMON, 'daemon-json', 'registry-mirrors')).toBeNull()
  expect(await forbidden(DAEMON, 'daemon-json', 'authorization-plugins')).not.toBeNull()
  const [change] = (await fold([edit(DAEMON, 'daemon-json', 'registry-mirrors')], formats, sys)).slice(-1)
  if (change?.kind !== 'file' || change.after === null) throw new Error('a file was expected')
  for (const wrong of [{ mode: 0o4755 }, { mode: 0o666 }, { uid: 1000 }])
    expect(firstForbidden([{ ...change, after: { ...change.after, ...wrong } }], places)).toBe(DAEMON)
})

test('no path that is put together of pieces of the list, dots and other names gets through', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'etc',
      'docker',
      'certs.d',
      'daemon.json',
      'ca.crt',
      'apt',
      'sources.list.d',
      'x.list',
      '..',
      '.',
      '',
    ),
    fc.constantFrom('profile.d', 'goready.sh', 'environment.d', '60-goready.conf', 'bash.bashrc', 'r.example.com:5000'),
    fc.string({ maxLength: 8 }),
  )
  const format = fc.constantFrom('daemon-json', 'whole', 'apt-list', 'env-sh', 'fence', 'environment-d', 'netrc')
  const key = fc.constantFrom('registry-mirrors', 'content', 'var:FOO', 'source', 'hosts')
  const after = { bytes: new Uint8Array(), mode: 0o644, uid: 0, gid: 0 }
  const plain = (name: string | undefined) => /^[A-Za-z0-9_][\w.:-]*$/.test(name ?? '')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), format, key, (pieces, id, name) => {
      const path = `/${pieces.join('/')}`
      const target = { kind: 'file' as const, path, format: id, mode: 0o644, notify: [] }
      const edits = [{ target, owner: 'shell' as const, key: name, before: null, after: 'x' }]
      const change = { kind: 'file' as const, path, real: path, before: null, after, edits, notify: [], admin: true }
      if (firstForbidden([change], places) !== null) return
      // What gets through names one file of the folders that are ours to change, without a way around.
      expect(path).toMatch(/^\/etc\/(docker|apt|profile\.d|environment\.d|bash\.bashrc|zsh|csh\.)/)
      expect(path.split('/').slice(1).every(plain)).toBe(true)
      expect(['registry-mirrors', 'content', 'var:FOO', 'source', 'hosts']).toContain(name)
    }),
    { numRuns: 5000, examples: [[['etc', 'docker', 'daemon.json'], 'daemon-json', 'registry-mirrors']] },
  )
})

test('where the policy leaves choices to the administrator, no choices of a person are carried out', async () => {
  const sys = machine()
  const key = 'MCowBQYDK2VwAyEABAOvNg2URwYScjP+TknWdUMed5pnsEA+fiHLWFiTAEU='
  sys.put('/etc/goready/policy.yml', `version: 1\nprofiles: { keys: [${key}], wizard: locked }\n`)
  const before = outside(sys)
  const [refused] = await talk(sys, [JSON.stringify(await request(sys)), keep])
  expect(refused).toMatchObject({ t: 'failed', error: { code: 'profile-unsigned' } })
  sys.put('/etc/goready/policy.yml', 'version: [')
  const [damaged] = await talk(sys, [JSON.stringify(await request(sys)), keep])
  expect(damaged).toMatchObject({ t: 'failed', error: { code: 'policy-damaged' } })
  sys.put('/etc/goready/policy.yml', `version: 1\nprofiles: { keys: [${key}], wizard: locked }\n`)
  expect(outside(sys)).toBe(before)
})
