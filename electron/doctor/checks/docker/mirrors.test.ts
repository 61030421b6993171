import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dockerMirrorsCheck } from './mirrors.ts'
import { type Answers, info } from './test-engine.ts'
import { type Machine, makeMachine } from './test-machine.ts'

let machine: Machine
const stops: (() => void)[] = []
beforeEach(async () => {
  machine = await makeMachine()
})
afterEach(async () => {
  for (const stop of stops.splice(0)) stop()
  await machine.remove()
})

/** A process that is called dockerd, with these options. */
async function daemon(...options: string[]): Promise<void> {
  const child = spawn('/bin/sh', ['-c', 'sleep 60', ...options], { argv0: 'dockerd', stdio: 'ignore' })
  stops.push(() => child.kill('SIGKILL'))
  await machine.write(machine.places.docker.pidFile, `${child.pid}\n`)
}
const mirrors = (...list: string[]): Answers => info({ RegistryConfig: { Mirrors: list } })
const found = async () => (await machine.check(dockerMirrorsCheck)).found
const A = 'https://a.example'
const fileWith = (...list: string[]): Promise<void> =>
  machine.write(machine.daemonJson, JSON.stringify({ 'registry-mirrors': list }))

test.each([
  ['none anywhere', [], null],
  ['the same', [`${A}/`], [A]],
  ['an empty list', [], []],
])('%s is well', async (_, running, written) => {
  await daemon()
  await machine.engine(mirrors(...running))
  if (written !== null) await fileWith(...written)
  expect(await found()).toEqual([])
})

test('mirrors that the file has lost, and a reload that the plan brings', async () => {
  await daemon()
  await machine.engine(mirrors(`${A}/`))
  await machine.write(machine.daemonJson, '{}')
  expect(await found()).toMatchObject([
    {
      ...{
        code: 'docker.mirrors-stale',
        severity: 'warning',
        subject: machine.daemonJson,
        values: { mirrors: `${A}/` },
      },
      repairs: [
        {
          kind: 'changes',
          safe: false,
          changes: [{ kind: 'notice', path: machine.daemonJson, handler: 'docker-reload', admin: false }],
        },
      ],
    },
  ])
  await fileWith('https://b.example')
  expect(await found()).toMatchObject([{ code: 'docker.mirrors-not-loaded', values: { mirrors: 'https://b.example' } }])
})

test('a daemon whose command line is hidden may have them from there', async () => {
  await machine.engine(mirrors(`${A}/`))
  await machine.write(machine.daemonJson, '{}')
  expect(await found()).toEqual([])
})

test('mirrors of the command line are no business of the file', async () => {
  await daemon(`--registry-mirror=${A}`)
  await machine.engine(mirrors(`${A}/`))
  expect(await found()).toEqual([])
})

test('a file that is broken is told of elsewhere', async () => {
  await daemon()
  await machine.engine(mirrors(`${A}/`))
  await machine.write(machine.daemonJson, '{')
  expect(await found()).toEqual([])
})

test('a file of which we cannot tell what counts', async () => {
  await daemon()
  await machine.engine(mirrors(`${A}/`))
  await machine.write(machine.daemonJson, `{"debug": true, "debug": false, "registry-mirrors": ["${A}"]}`)
  expect(await found()).toEqual([])
})

test('an engine that was started with another file', async () => {
  const other = join(machine.dir, 'other.json')
  await daemon(`--config-file=${other}`)
  await machine.engine(mirrors())
  await fileWith(A)
  expect(await found()).toMatchObject([
    { code: 'docker.mirror-unused', subject: machine.daemonJson, values: { mirrors: A, actual: other } },
  ])
  await machine.write(machine.daemonJson, '{}')
  expect(await found()).toEqual([])
})

test('an engine out of a snap reads its own file', async () => {
  await machine.engine(info({ DockerRootDir: '/var/snap/docker/common/var-lib-docker' }))
  await fileWith(A)
  expect(await found()).toMatchObject([
    { code: 'docker.mirror-unused', values: { actual: '/var/snap/docker/current/config/daemon.json' } },
  ])
})

test('the system’s file does nothing for a rootless engine, unless the system has one of its own', async () => {
  await machine.remove()
  machine = await makeMachine({ ownRoot: true })
  const socket = join(machine.dir, 'run/docker.sock')
  await mkdir(join(machine.dir, 'run'))
  const sockets = [
    { address: `unix://${machine.socket}`, flavour: 'docker-engine' as const },
    { address: `unix://${socket}`, flavour: 'rootless' as const },
  ]
  machine.places.docker.sockets = sockets
  await machine.engine(info({ SecurityOptions: ['name=rootless'] }), socket)
  await fileWith(A)
  expect(await found()).toMatchObject([{ code: 'docker.mirror-unused', subject: machine.daemonJson }])
  machine.places.docker.sockets = sockets.toReversed()
  await machine.engine()
  expect(await found()).toEqual([])
})

test('with the containerd store the hosts of certs.d come first', async () => {
  await daemon()
  const store = [['driver-type', 'io.containerd.snapshotter.v1']]
  await machine.engine(info({ RegistryConfig: { Mirrors: [`${A}/`] }, DriverStatus: store }))
  await fileWith(A)
  expect(await found()).toEqual([])
  const hosts = join(machine.dir, 'root/etc/docker/certs.d/docker.io/hosts.toml')
  await machine.write(hosts, 'server = "https://registry-1.docker.io"\n[host."https://b.example"]\n')
  expect(await found()).toMatchObject([{ code: 'docker.mirror-unused', values: { actual: hosts } }])
})
