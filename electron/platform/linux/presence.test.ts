import { expect, test } from 'vitest'
import type { PresenceChange } from '../../contract/plan.ts'
import { MemorySystem } from '../../system/memory.ts'
import { linuxPlaces } from './places.ts'
import { linuxPresence } from './presence.ts'

const common = { before: false, after: true, admin: true, command: [] } as const
const pack: PresenceChange = { kind: 'package', name: 'docker.io', ...common }
const service = (boot: boolean): PresenceChange => ({ kind: 'service', name: 'docker', boot, ...common })
const group: PresenceChange = { kind: 'group', name: 'docker', user: 'ann', ...common }

/** A machine whose programs write down how they were called; `codes`: what a program ends with. */
function machine(options: {
  uid?: number
  files?: Record<string, string>
  codes?: Record<string, number>
  env?: object
}) {
  const sys = new MemorySystem(
    { '/etc/os-release': 'ID=debian\n', '/etc/group': 'root:x:0:\ndocker:x:999:bob,ann\n', ...options.files },
    options.uid ?? 0,
  )
  const calls: string[] = []
  for (const name of ['env', 'systemctl', 'service', 'usermod', 'gpasswd', 'dpkg-query', 'rpm', '/usr/bin/pkexec'])
    sys.programs.set(name, (argv) => {
      calls.push(argv.join(' '))
      return {
        code: options.codes?.[argv.join(' ')] ?? 0,
        stdout: name === 'dpkg-query' ? 'installed' : '',
        stderr: 'E: why',
      }
    })
  const environment = { PATH: '/usr/bin', ...options.env }
  const places = linuxPlaces({ home: '/home/ann', environment, uid: options.uid ?? 0, username: 'ann' })
  return { sys, calls, presence: linuxPresence(places) }
}
const SYSTEMD = { '/run/systemd/system/x': '' }

test('as root the argument lists run as they are', async () => {
  const { sys, calls, presence } = machine({ files: SYSTEMD })
  for (const change of [pack, service(true), service(false), group]) await presence.set(sys, change, true)
  for (const change of [group, service(false), service(true), pack]) await presence.set(sys, change, false)
  expect(calls).toEqual([
    'env DEBIAN_FRONTEND=noninteractive apt-get update',
    'env DEBIAN_FRONTEND=noninteractive apt-get install -y docker.io',
    'systemctl enable --now docker',
    'systemctl start docker',
    'usermod -aG docker ann',
    'gpasswd -d ann docker',
    'systemctl stop docker',
    'systemctl disable --now docker',
    'env DEBIAN_FRONTEND=noninteractive apt-get remove -y docker.io',
  ])
})

test('without systemd the service is started the older way', async () => {
  const { sys, calls, presence } = machine({ codes: { 'service docker status': 3 } })
  expect(await presence.has(sys, service(true))).toBe(false)
  await presence.set(sys, service(true), true)
  expect(calls).toEqual(['service docker status', 'service docker start'])
})

test('what is there is asked from the tools and from /etc/group', async () => {
  const { sys, presence } = machine({ files: SYSTEMD, codes: { 'systemctl is-active --quiet docker': 3 } })
  expect(await presence.has(sys, pack)).toBe(true)
  expect(await presence.has(sys, service(true))).toBe(false)
  expect(await presence.has(sys, group)).toBe(true)
  expect(await presence.has(sys, { ...group, user: 'an' })).toBe(false)
  const fedora = machine({ files: { '/etc/os-release': 'ID=fedora\n' }, codes: { 'rpm -q docker.io': 1 } })
  expect(await fedora.presence.has(fedora.sys, pack)).toBe(false)
})

const PKEXEC = { '/usr/bin/pkexec': '' }
test.each([
  ['root', 0, {}, {}, true],
  ['a user with a window and pkexec', 1000, { DISPLAY: ':0' }, PKEXEC, true],
  ['a user on Wayland', 1000, { WAYLAND_DISPLAY: 'wayland-0' }, PKEXEC, true],
  ['a user without a window', 1000, {}, PKEXEC, false],
  ['a user without pkexec', 1000, { DISPLAY: ':0' }, {}, false],
])('%s: possible %s', async (_who, uid, env, files, possible) => {
  const { sys, presence } = machine({ uid, env, files })
  expect(await presence.possible(sys)).toBe(possible)
  if (!possible) await expect(presence.set(sys, group, true)).rejects.toMatchObject({ code: 'needs-admin' })
})

test('a user is asked by pkexec; a closed window is told apart from a failure', async () => {
  const command = '/usr/bin/pkexec usermod -aG docker ann'
  const user = { uid: 1000, env: { DISPLAY: ':0' }, files: PKEXEC }
  const { sys, calls, presence } = machine(user)
  await presence.set(sys, group, true)
  expect(calls).toEqual([command])
  const closed = machine({ ...user, codes: { [command]: 126 } })
  await expect(closed.presence.set(closed.sys, group, true)).rejects.toMatchObject({ code: 'needs-admin' })
  const failed = machine({ ...user, codes: { [command]: 6 } })
  await expect(failed.presence.set(failed.sys, group, true)).rejects.toMatchObject({
    code: 'install-failed',
    cause: 'E: why',
  })
})

test('package lists that cannot be refreshed are no reason to stop, a package that cannot be installed is', async () => {
  const update = 'env DEBIAN_FRONTEND=noninteractive apt-get update'
  const stale = machine({ codes: { [update]: 100 } })
  await stale.presence.set(stale.sys, pack, true)
  const none = machine({ codes: { [update.replace('update', 'install -y docker.io')]: 100 } })
  await expect(none.presence.set(none.sys, pack, true)).rejects.toMatchObject({ code: 'install-failed' })
})

test('under another root nothing is possible', async () => {
  const sys = new MemorySystem({}, 0)
  const places = linuxPlaces({ home: '/home/ann', root: '/other', environment: {}, uid: 0, username: 'root' })
  expect(await linuxPresence(places).possible(sys)).toBe(false)
  await expect(linuxPresence(places).set(sys, group, true)).rejects.toMatchObject({ code: 'needs-admin' })
})
