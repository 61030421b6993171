import { expect, test } from 'vitest'
import type { DockerState } from '../../contract/machine.ts'
import type { PresenceChange } from '../../contract/plan.ts'
import type { Presence } from '../../core/presence.ts'
import { MemorySystem } from '../../system/memory.ts'
import { distributionOf, parseRelease } from './distribution.ts'
import { linuxDockerSetup } from './docker-setup.ts'
import { linuxPlaces } from './places.ts'

const docker = (changes: Partial<DockerState>): DockerState => ({
  state: 'not-installed',
  endpoint: 'unix:///var/run/docker.sock',
  source: 'default',
  context: null,
  flavour: 'docker-engine',
  version: null,
  apiVersion: null,
  os: null,
  arch: null,
  storage: null,
  containerdStore: false,
  mirrors: [],
  proxies: {},
  configFile: null,
  cause: null,
  ...changes,
})

const has = (...kinds: readonly PresenceChange['kind'][]): Presence => ({
  has: (_sys, { kind }) => Promise.resolve(kinds.includes(kind)),
  possible: () => Promise.resolve(true),
  prepare: () => Promise.reject(new Error('planning changes nothing')),
  brings: (_sys, { name }) =>
    Promise.resolve({ names: name === 'docker.io' ? ['runc', name] : [name], configured: [] }),
  left: () => Promise.reject(new Error('nobody takes anything away')),
  set: () => Promise.reject(new Error('planning changes nothing')),
})

const RELEASES: readonly [string, string, string][] = [
  ['Debian', 'ID=debian', 'apt-get install -y docker.io'],
  ['Ubuntu', 'ID=ubuntu\nID_LIKE=debian', 'apt-get install -y docker.io'],
  ['Linux Mint', 'ID=linuxmint\nID_LIKE="ubuntu debian"', 'apt-get install -y docker.io'],
  ['Fedora', 'ID=fedora', 'dnf install -y moby-engine'],
  ['Arch', 'ID=arch', 'pacman -S --needed --noconfirm docker'],
  ['Manjaro', "ID=manjaro\nID_LIKE='arch'", 'pacman -S --needed --noconfirm docker'],
  ['openSUSE', 'ID="opensuse-leap"\nID_LIKE="suse opensuse"', 'zypper --non-interactive install docker'],
]
const setup = (
  files: Readonly<Record<string, string>>,
  state: DockerState,
  {
    presence = has(),
    account = 'ann',
    uid = 1000,
    root,
  }: { presence?: Presence; account?: string | null; uid?: number; root?: string } = {},
) => {
  return setupOn(new MemorySystem(files, uid), state, { presence, account, root })
}

const setupOn = (
  sys: MemorySystem,
  state: DockerState,
  {
    presence = has(),
    account = 'ann',
    root,
  }: { presence?: Presence; account?: string | null; root?: string | undefined } = {},
) => {
  const { uid } = sys.identity
  const places = linuxPlaces({
    home: '/home/ann',
    ...(root === undefined ? {} : { root }),
    environment: {},
    uid,
    username: 'ann',
  })
  return linuxDockerSetup(sys, places, presence, state, account)
}

test.each(RELEASES)(
  '%s installs its own package, starts it and lets the account use it',
  async (_name, release, install) => {
    const help = await setup({ '/etc/os-release': release, '/run/systemd/system/x': '' }, docker({}))
    if (help.kind !== 'changes') throw new Error('a plan was expected')
    expect(help.changes.map(({ kind }) => kind)).toEqual(['package', 'service', 'group'])
    expect(help.commands.slice(-3)).toEqual([
      `sudo ${install}`,
      'sudo systemctl enable --now docker',
      'sudo usermod -aG docker ann',
    ])
    expect(help.commands.includes('sudo apt-get update')).toBe(install.startsWith('apt-get'))
    expect(help.relogin).toBe(true)
    expect(help.steps.map(({ key }) => key)).toEqual([
      install.startsWith('apt-get') ? 'plan:presence.package-with' : 'plan:presence.package',
      'plan:presence.service-boot',
      'plan:presence.group',
    ])
  },
)

test.each(['ID=rocky\nID_LIKE="rhel centos fedora"', 'ID=sles\nID_LIKE=suse', 'ID=nixos', ''])(
  'a distribution without a Docker of its own (%j) gets the guide',
  async (release) => {
    expect(distributionOf(parseRelease(release))).toBeNull()
    expect(await setup({ '/etc/os-release': release }, docker({}))).toMatchObject({
      kind: 'guide',
      url: expect.stringMatching(/^https:\/\/docs\.docker\.com\//),
      reboot: false,
    })
  },
)

test('what comes along is counted, where the tool can tell', async () => {
  const debian = await setup({ '/etc/os-release': 'ID=debian' }, docker({}))
  expect(debian.steps[0]).toEqual({ key: 'plan:presence.package-with', values: { name: 'docker.io', count: 1 } })
})

test('root needs no group and no sudo', async () => {
  const help = await setup({ '/etc/os-release': 'ID=debian' }, docker({}), { account: null, uid: 0 })
  expect(help).toMatchObject({
    commands: ['apt-get update', 'apt-get install -y docker.io', 'service docker start'],
    relogin: false,
  })
})

const UNIT = { '/run/systemd/system/x': '', '/lib/systemd/system/docker.service': '', '/etc/os-release': 'ID=debian' }

test('an engine that stands still is only started; a client without an engine is not one', async () => {
  const group = '/etc/group'
  const still = await setup({ ...UNIT, [group]: 'docker:x:9:ann\n' }, docker({ state: 'not-running' }), {
    presence: has('group'),
  })
  expect(still).toMatchObject({ commands: ['sudo systemctl enable --now docker'], relogin: false })
  const client = await setup(
    { '/run/systemd/system/x': '', '/etc/os-release': 'ID=debian' },
    docker({ state: 'not-running' }),
  )
  expect(client).toMatchObject({ changes: [{ kind: 'package' }, { kind: 'service' }, { kind: 'group' }] })
})

test('what a removed package leaves behind is no service to start', async () => {
  const all = { changes: [{ kind: 'package' }, { kind: 'service' }, { kind: 'group' }] }
  const release = { '/etc/os-release': 'ID=debian' }
  // Debian 12 after `apt-get remove docker.io`: a script that must not run, and with systemd a masked unit.
  const script = new MemorySystem(release)
  script.put('/etc/init.d/docker', '#!/bin/sh', { mode: 0o644 })
  expect(await setupOn(script, docker({ state: 'not-running' }))).toMatchObject(all)
  script.put('/etc/init.d/docker', '#!/bin/sh', { mode: 0o755 })
  expect(await setupOn(script, docker({ state: 'not-running' }))).toMatchObject({
    changes: [{ kind: 'service' }, { kind: 'group' }],
  })
  const masked = new MemorySystem({ ...release, '/run/systemd/system/x': '' })
  masked.link('/etc/systemd/system/docker.service', '/dev/null')
  expect(await setupOn(masked, docker({}))).toMatchObject(all)
})

test('an engine that is said to run but does not answer is no empty plan', async () => {
  const help = await setup({ ...UNIT, '/etc/group': 'docker:x:9:ann\n' }, docker({ state: 'unreachable' }), {
    presence: has('service', 'group'),
  })
  expect(help).toMatchObject({ changes: [], steps: [{ key: 'docker-setup:stuck' }] })
})

test('without permission the account joins the group, or only has to log in again', async () => {
  const denied = docker({ state: 'no-permission' })
  expect(await setup(UNIT, denied)).toMatchObject({ commands: ['sudo usermod -aG docker ann'], relogin: true })
  expect(await setup({ ...UNIT, '/etc/group': 'docker:x:9:bob,ann\n' }, denied)).toMatchObject({
    changes: [],
    steps: [{ key: 'docker-setup:relogin' }],
    relogin: true,
  })
})

test.each([
  [{ endpoint: 'tcp://10.0.0.7:2375', state: 'unreachable' }, 'elsewhere'],
  [{ flavour: 'docker-desktop', state: 'not-running' }, 'desktop.start'],
  [{ flavour: 'rootless', state: 'not-running' }, 'rootless.start'],
  [{ flavour: 'colima', state: 'not-running' }, 'other.start'],
] as const)('another Docker (%j) is started by hand, nothing is installed beside it', async (state, step) => {
  expect(await setup(UNIT, docker(state))).toMatchObject({ changes: [], steps: [{ key: `docker-setup:${step}` }] })
})

test('under another root its own distribution counts and nothing of this machine is asked', async () => {
  const presence: Presence = { ...has(), has: () => Promise.reject(new Error('asked')) }
  const files = {
    '/other/etc/os-release': 'ID=fedora',
    '/etc/os-release': 'ID=debian',
    ...{ '/etc/group': 'docker:x:9:ann' },
  }
  const help = await setup(files, docker({}), { presence, root: '/other' })
  expect(help).toMatchObject({ changes: [{ name: 'moby-engine' }, { kind: 'service' }, { kind: 'group' }] })
})
