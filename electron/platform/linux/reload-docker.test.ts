import { expect, test } from 'vitest'
import { MemorySystem } from '../../system/memory.ts'
import { linuxPlaces } from './places.ts'
import { reloadDocker } from './reload-docker.ts'

const { signal } = new AbortController()
const cmdline = (...args: string[]): string => `${args.join('\0')}\0`

class Machine extends MemorySystem {
  readonly sent: string[] = []
  refused: string | null = null
  override kill(pid: number, name: string | number = ''): Promise<boolean> {
    if (this.refused !== null) return Promise.reject(Object.assign(new Error(this.refused), { code: this.refused }))
    if (this.running.has(pid)) this.sent.push(`${pid} ${name}`)
    return Promise.resolve(this.running.has(pid))
  }
}

function machine(files: Record<string, string>): Machine {
  const sys = new Machine(files, 0)
  sys.running.add(7)
  return sys
}
const at = (root?: string) =>
  linuxPlaces({
    ...(root === undefined ? {} : { root }),
    environment: { HOME: '/home/u', XDG_RUNTIME_DIR: '/run/user/7' },
    uid: 0,
    username: 'u',
  })

test('SIGHUP by the pid file, after a look at the command line', async () => {
  const sys = machine({ '/var/run/docker.pid': '7', '/proc/7/cmdline': cmdline('/usr/sbin/dockerd', '-H', 'fd://') })
  await reloadDocker(sys, at(), signal)
  expect(sys.sent).toEqual(['7 SIGHUP'])
})

test.each([
  [
    'another program has the number now',
    { '/var/run/docker.pid': '7', '/proc/7/cmdline': cmdline('/usr/bin/vim', 'dockerd') },
  ],
  ['the process is gone', { '/var/run/docker.pid': '7' }],
  ['there is no pid file', {}],
  ['the pid file is nonsense', { '/var/run/docker.pid': '-1' }],
])('%s: nobody gets a signal', async (_why, files) => {
  const sys = machine({ '/x': '', ...files })
  await expect(reloadDocker(sys, at(), signal)).rejects.toMatchObject({ code: 'docker-reload-failed' })
  expect(sys.sent).toEqual([])
})

test('under --root only the daemon that names that root', async () => {
  const pid = (args: string[]) => ({ '/r/run/docker.pid': '7\n', '/proc/7/cmdline': cmdline('dockerd', ...args) })
  for (const args of [['--config-file=/r/etc/docker/daemon.json'], ['--config-file', '/r/etc/docker/daemon.json']]) {
    const sys = machine(pid(args))
    await reloadDocker(sys, at('/r'), signal)
    expect(sys.sent).toEqual(['7 SIGHUP'])
  }
  for (const args of [[], ['--config-file=/etc/docker/daemon.json'], ['--label', '/r/etc/docker/daemon.json']]) {
    const sys = machine(pid(args))
    sys.folder('/run/systemd/system')
    await expect(reloadDocker(sys, at('/r'), signal)).rejects.toMatchObject({ code: 'docker-reload-failed' })
    expect(sys.sent).toEqual([])
  }
})

test('systemd reloads what it runs; its refusal of a plain user is a code of its own', async () => {
  const sys = machine({ '/run/systemd/system/x': '', '/var/run/docker.pid': '7' })
  const calls: string[] = []
  let answer = { code: 0, stderr: '' }
  sys.programs.set('systemctl', (argv) => {
    calls.push(argv.join(' '))
    return argv.includes('is-active') ? { stdout: 'active\n' } : answer
  })
  await reloadDocker(sys, at(), signal)
  expect(calls).toEqual(['systemctl is-active docker', 'systemctl --no-ask-password reload docker'])
  expect(sys.sent).toEqual([])
  answer = { code: 1, stderr: 'Interactive authentication is required.' }
  await expect(reloadDocker(sys, at(), signal)).rejects.toMatchObject({ code: 'needs-admin' })
  answer = { code: 1, stderr: 'Job failed.' }
  await expect(reloadDocker(sys, at(), signal)).rejects.toMatchObject({ code: 'docker-reload-failed' })
})

test('a daemon that systemd does not run gets the signal', async () => {
  const sys = machine({
    '/run/systemd/system/x': '',
    '/var/run/docker.pid': '7',
    '/proc/7/cmdline': cmdline('dockerd'),
  })
  sys.programs.set('systemctl', () => ({ code: 3, stdout: 'inactive\n' }))
  await reloadDocker(sys, at(), signal)
  expect(sys.sent).toEqual(['7 SIGHUP'])
})

test('rootless: its own pid file', async () => {
  const sys = machine({ '/run/user/7/docker.pid': '7', '/proc/7/cmdline': cmdline('dockerd') })
  await reloadDocker(sys, at(), signal, '/home/u/.config/docker/daemon.json')
  expect(sys.sent).toEqual(['7 SIGHUP'])
})

test('EPERM: administrator rights are missing', async () => {
  const sys = machine({ '/var/run/docker.pid': '7', '/proc/7/cmdline': cmdline('dockerd') })
  sys.refused = 'EPERM'
  await expect(reloadDocker(sys, at(), signal)).rejects.toMatchObject({ code: 'needs-admin' })
})
