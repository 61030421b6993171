import { expect, test } from 'vitest'
import type { PresenceChange } from '../../contract/plan.ts'
import { MemorySystem } from '../../system/memory.ts'
import { linuxPlaces } from './places.ts'
import { linuxPresence } from './presence.ts'

const common = { before: false, after: true, admin: true, command: [] } as const
const pack: PresenceChange = { kind: 'package', name: 'docker.io', ...common }
const service = (boot: boolean): PresenceChange => ({ kind: 'service', name: 'docker', boot, ...common })
const group: PresenceChange = { kind: 'group', name: 'docker', user: 'ann', ...common }

type Options = {
  uid?: number
  files?: Record<string, string>
  codes?: Record<string, number>
  /** What a program prints, by its whole command. */
  says?: Record<string, string>
  env?: object
}

/** A machine whose programs write down how they were called; `codes`: what a program ends with. */
function machine(options: Options) {
  const sys = new MemorySystem(
    { '/etc/os-release': 'ID=debian\n', '/etc/group': 'root:x:0:\ndocker:x:999:bob,ann\n', ...options.files },
    options.uid ?? 0,
  )
  const calls: string[] = []
  const names = [
    'env',
    'systemctl',
    'service',
    'usermod',
    'gpasswd',
    'dpkg-query',
    'dpkg',
    'apt-get',
    'rpm',
    'journalctl',
  ]
  for (const name of [...names, '/usr/bin/pkexec'])
    sys.programs.set(name, (argv) => {
      const command = argv.join(' ')
      calls.push(command)
      const stdout = options.says?.[command] ?? ''
      return { code: options.codes?.[command] ?? 0, stdout, stderr: 'E: why' }
    })
  const environment = { PATH: '/usr/bin', ...options.env }
  const places = linuxPlaces({ home: '/home/ann', environment, uid: options.uid ?? 0, username: 'ann' })
  /** Those that change something. */
  const changes = () =>
    calls.filter((call) => /^(env|service \S+ st(art|op)|systemctl (?!is-)|usermod|gpasswd|\/)/.test(call))
  return { sys, calls, changes, presence: linuxPresence(places) }
}
const QUIET = 'env DEBIAN_FRONTEND=noninteractive'
const APT = `${QUIET} apt-get -o DPkg::Lock::Timeout=300`
const INSTALL = `${APT} -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold install -y docker.io`
const STATUSES = 'dpkg-query -W -f ${binary:Package}\t${db:Status-Status}\n docker.io'
const REMOVAL = 'apt-get -o APT::AutoRemove::SuggestsImportant=false -s remove --auto-remove docker.io'
const SYSTEMD = { '/run/systemd/system/x': '' }

test('as root the argument lists run as they are', async () => {
  const active = { 'systemctl is-active --quiet docker.socket': 3 }
  const { sys, changes, presence } = machine({
    files: SYSTEMD,
    codes: active,
    says: { [STATUSES]: 'docker.io\tinstalled\n' },
  })
  await presence.prepare(sys, pack)
  for (const change of [pack, service(true), service(false), group]) await presence.set(sys, change, true, null)
  for (const change of [group, service(false), service(true)]) await presence.set(sys, change, false, null)
  expect(changes()).toEqual([
    `${QUIET} apt-get update`,
    INSTALL,
    'systemctl enable --now docker',
    'systemctl start docker',
    'usermod -aG docker ann',
    'gpasswd -d ann docker',
    'systemctl stop docker',
    'systemctl disable --now docker',
  ])
})

test('a service that does not start is told with what it says itself', async () => {
  const journal = 'journalctl --unit docker --lines 8 --no-pager --output cat'
  const on = machine({
    files: SYSTEMD,
    codes: { 'systemctl start docker': 1 },
    says: { [journal]: 'old\nfailed to load the file\n' },
  })
  const cause = 'E: why\nold\nfailed to load the file'
  await expect(on.presence.set(on.sys, service(false), true, null)).rejects.toMatchObject({ cause })
  const log = { '/var/log/docker.log': `${'x'.repeat(9000)}\nunknown flag\n` }
  const older = machine({ files: log, codes: { 'service docker start': 1 } })
  const ends = /^E: why\nx{4000,4096}\nunknown flag$/
  await expect(older.presence.set(older.sys, service(false), true, null)).rejects.toMatchObject({
    cause: expect.stringMatching(ends),
  })
})

test('a service that is stopped is not started again by its own socket', async () => {
  const { sys, changes, presence } = machine({ files: SYSTEMD })
  await presence.set(sys, service(false), false, null)
  expect(changes()).toEqual(['systemctl stop docker.socket', 'systemctl stop docker'])
})

test('a distribution that we cannot ask loses the package alone', async () => {
  const fedora = machine({ files: { '/etc/os-release': 'ID=fedora\n' } })
  expect(await fedora.presence.brings(fedora.sys, pack)).toBeNull()
  await fedora.presence.prepare(fedora.sys, pack)
  await fedora.presence.set(fedora.sys, pack, false, null)
  expect(fedora.changes()).toEqual([`${QUIET} dnf remove -y --noautoremove docker.io`])
})

/** Installed, with `runc` that came along and `git` that the person has asked for since. */
const THERE: Options = {
  says: {
    [STATUSES]: 'docker.io\tinstalled\n',
    [`${STATUSES} runc git`]: 'docker.io\tinstalled\nrunc\tinstalled\ngit\tinstalled\n',
    [REMOVAL]: 'Remv docker.io [20.10]\nRemv runc [1.1]\nRemv orphan [1]\n',
  },
}
const brought = { names: ['runc', 'git', 'docker.io'], configured: [] as string[] }

/** The programs once more, after the first command that takes something away. */
function afterwards(on: ReturnType<typeof machine>) {
  for (const name of ['dpkg-query', 'apt-get']) {
    const before = on.sys.programs.get(name)
    on.sys.programs.set(name, (argv, options) =>
      on.changes().length === 0 ? (before?.(argv, options) ?? {}) : { stdout: '' },
    )
  }
  return on
}

test('undo purges what came along and nobody else needs, and nothing else', async () => {
  const on = afterwards(machine(THERE))
  expect(await on.presence.set(on.sys, pack, false, { ...brought, names: ['runc', 'git'] })).toEqual([])
  expect(on.changes()).toEqual([`${APT} purge -y docker.io runc`])
  expect(await on.presence.left(on.sys, pack, brought)).toBe(false)
})

test('configuration that lay there before stays', async () => {
  const on = afterwards(machine(THERE))
  await on.presence.set(on.sys, pack, false, { names: ['runc', 'git'], configured: ['docker.io'] })
  expect(on.changes()).toEqual([`${APT} remove -y docker.io`, `${APT} purge -y runc`])
})

const DATA: readonly [string, readonly string[], boolean][] = [
  ['an image', ['image/overlay2/imagedb/content/sha256/1a'], true],
  ['a container', ['containers/1a/config.v2.json'], true],
  ['a volume', ['volumes/mine/_data/x'], true],
  [
    'nothing of a person',
    ['volumes/metadata.db', 'volumes/backingFsBlockDev', 'image/overlay2/repositories.json'],
    false,
  ],
]
test.each(DATA)('with %s in Docker, purging (which would delete it) is held back: %s', async (_what, paths, kept) => {
  const files = Object.fromEntries(paths.map((path) => [`/var/lib/docker/${path}`, '']))
  const on = afterwards(machine({ ...THERE, files }))
  const answer = await on.presence.set(on.sys, pack, false, { ...brought, names: ['runc', 'git'] })
  expect(answer).toEqual(kept ? ['/var/lib/docker'] : [])
  const expected = kept ? [`${APT} remove -y docker.io`, `${APT} purge -y runc`] : [`${APT} purge -y docker.io runc`]
  expect(on.changes()).toEqual(expected)
})

test('what an interrupted installation left half there goes too', async () => {
  const half = machine({
    says: { [`${STATUSES} runc`]: 'runc\tunpacked\n', 'dpkg --audit': 'The following packages …' },
  })
  const on = { names: ['runc'], configured: [] }
  expect(await half.presence.left(half.sys, pack, on)).toBe(true)
  await afterwards(half).presence.set(half.sys, pack, false, on)
  expect(half.changes()).toEqual([
    `${QUIET} dpkg --force-confdef --force-confold --configure -a`,
    `${APT} purge -y runc`,
  ])
})

test('all that an installation brings is known before; an update is none of it', async () => {
  const inst =
    'Inst runc (1.1 Debian:12 [amd64])\nInst libc6 [2.36-9] (2.36-10 Debian:12 [amd64])\nInst docker.io (20 x [amd64])\nConf runc (1.1)\n'
  const statuses = STATUSES.replace(' docker.io', ' runc docker.io')
  const { sys, presence } = machine({
    says: { 'apt-get -s install docker.io': inst, [statuses]: 'runc:amd64\tconfig-files\n' },
  })
  expect(await presence.brings(sys, pack)).toEqual({ names: ['runc', 'docker.io'], configured: ['runc'] })
  const unknown = machine({ codes: { 'apt-get -s install docker.io': 100 } })
  expect(await unknown.presence.brings(unknown.sys, pack)).toBeNull()
})

test('without systemd the service is started the older way', async () => {
  const { sys, calls, presence } = machine({ codes: { 'service docker status': 3 } })
  expect(await presence.has(sys, service(true))).toBe(false)
  await presence.set(sys, service(true), true, null)
  expect(calls).toEqual(['service docker status', 'service docker start'])
})

test('what is there is asked from the tools and from /etc/group', async () => {
  const { sys, presence } = machine({
    files: SYSTEMD,
    codes: { 'systemctl is-active --quiet docker': 3 },
    says: { 'dpkg-query -W -f ${db:Status-Status} docker.io': 'installed' },
  })
  expect(await presence.has(sys, pack)).toBe(true)
  expect(await presence.has(sys, service(true))).toBe(false)
  expect(await presence.has(sys, group)).toBe(true)
  expect(await presence.has(sys, { ...group, user: 'an' })).toBe(false)
  const fedora = machine({ files: { '/etc/os-release': 'ID=fedora\n' }, codes: { 'rpm -q docker.io': 1 } })
  expect(await fedora.presence.has(fedora.sys, pack)).toBe(false)
})

test.each([
  ['root', 0, true],
  ['a user, whose helper it is to do', 1000, false],
])('%s: possible %s', async (_who, uid, possible) => {
  const { sys, calls, presence } = machine({ uid, env: { DISPLAY: ':0' }, files: { '/usr/bin/pkexec': '' } })
  expect(await presence.possible(sys)).toBe(possible)
  if (possible) return
  await expect(presence.set(sys, group, true, null)).rejects.toMatchObject({ code: 'needs-admin' })
  await expect(presence.prepare(sys, pack)).rejects.toMatchObject({ code: 'needs-admin' })
  expect(calls).toEqual([])
})

test('the words of a command that fails are the cause', async () => {
  const failed = machine({ codes: { 'usermod -aG docker ann': 6 } })
  await expect(failed.presence.set(failed.sys, group, true, null)).rejects.toMatchObject({
    code: 'install-failed',
    cause: 'E: why',
  })
})

test('package lists that cannot be refreshed are no reason to stop, a package that cannot be installed is', async () => {
  const update = `${QUIET} apt-get update`
  const stale = machine({ codes: { [update]: 100 } })
  await stale.presence.prepare(stale.sys, pack)
  expect(stale.changes()).toEqual([update])
  const none = machine({ codes: { [INSTALL]: 100 } })
  await expect(none.presence.set(none.sys, pack, true, null)).rejects.toMatchObject({ code: 'install-failed' })
})

test('under another root nothing is possible', async () => {
  const sys = new MemorySystem({}, 0)
  const places = linuxPlaces({ home: '/home/ann', root: '/other', environment: {}, uid: 0, username: 'root' })
  expect(await linuxPresence(places).possible(sys)).toBe(false)
  await expect(linuxPresence(places).set(sys, group, true, null)).rejects.toMatchObject({ code: 'needs-admin' })
})
