import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { MemorySystem } from '../../system/memory.ts'
import { realSystem } from '../../system/real.ts'
import { darwinDockerSetup } from './docker-setup.ts'
import { darwinFacts } from './machine.ts'
import { darwinPlaces } from './places.ts'
import { darwinPlatform } from './platform.ts'
import { systemProxies } from './system-proxies.ts'
import { commandFile, openTerminal } from './terminal.ts'
import { testState } from './test-state.ts'

const chen = { name: 'chen', uid: 501, gid: 20 }
const places = darwinPlaces({
  environment: { HOME: '/Users/chen', https_proxy: 'http://u:p@proxy:3128' },
  uid: 501,
  username: 'chen',
  arch: 'arm64',
  isFolder: () => false,
})
const signal = new AbortController().signal

/** In the layout of SCPrint, as scutil(8) prints it. */
const NETWORK = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 7890
  HTTPProxy : 127.0.0.1
  HTTPSEnable : 0
  HTTPSPort : 7890
  HTTPSProxy : 127.0.0.1
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://wpad.example.com/proxy.pac
  SOCKSEnable : 1
  SOCKSPort : 1080
  SOCKSProxy : fd00::1
  __SCOPED__ : <dictionary> {
    en0 : <dictionary> {
      HTTPSEnable : 1
    }
  }
}
`

test('proxies of the network settings: those that are switched on, loopback told', () => {
  expect(systemProxies(NETWORK)).toEqual([
    { name: 'http', value: '127.0.0.1:7890', from: 'macOS', loopback: true },
    { name: 'socks', value: '[fd00::1]:1080', from: 'macOS', loopback: false },
    { name: 'pac', value: 'http://wpad.example.com/proxy.pac', from: 'macOS', loopback: false },
    { name: 'no_proxy', value: '*.local,169.254/16', from: 'macOS', loopback: false },
  ])
  expect(systemProxies('<dictionary> {\n  ExceptionsList : <array> {\n    0 : *.local\n  }\n}\n')).toEqual([])
  expect(systemProxies('')).toEqual([])
})

test('facts come from sw_vers, id and scutil; what does not answer is left out', async () => {
  const sys = new MemorySystem({ '/Users/chen/x': '' }, 501)
  sys.programs.set('/usr/bin/sw_vers', (argv) => ({
    code: 0,
    stdout: argv[1] === '-productVersion' ? '26.1\n' : 'macOS\n',
  }))
  sys.programs.set('/usr/bin/id', () => ({ code: 0, stdout: 'staff everyone admin\n' }))
  sys.programs.set('/usr/sbin/scutil', () => ({ code: 0, stdout: NETWORK }))
  const facts = await darwinFacts(sys, places, signal, chen)
  expect(facts.os).toMatchObject({ platform: 'darwin', name: 'macOS', version: '26.1' })
  expect(facts.user).toMatchObject({ ...chen, root: false, groups: ['staff', 'everyone', 'admin'] })
  expect(facts.proxies.map(({ name, value }) => `${name}=${value}`)).toEqual([
    'https_proxy=http://***@proxy:3128',
    'http=127.0.0.1:7890',
    'socks=[fd00::1]:1080',
    'pac=http://wpad.example.com/proxy.pac',
    'no_proxy=*.local,169.254/16',
  ])
  expect(facts.permissions.elevation).toBe('sudo')
  const silent = await darwinFacts(new MemorySystem({ '/Users/chen/x': '' }, 501), places, signal, chen)
  expect(silent.os.version).toBe('')
  expect(silent.permissions.elevation).toBe('none')
})

test('a Docker that does not run: the guide where none is installed, else the command that starts it', () => {
  expect(darwinDockerSetup(testState({ state: 'not-installed' }), 'arm64')).toMatchObject({ kind: 'guide' })
  expect(darwinDockerSetup(testState({ state: 'not-running', flavour: 'docker-desktop' }))).toMatchObject({
    kind: 'changes',
    changes: [],
    commands: ['open -a Docker'],
  })
  expect(darwinDockerSetup(testState({ state: 'not-running', flavour: 'colima' }))).toMatchObject({
    steps: [{ key: 'docker-setup:other.start', values: { flavour: 'colima' } }],
    commands: ['colima start'],
  })
  expect(darwinDockerSetup(testState({ state: 'unreachable', endpoint: 'tcp://far:2375' }))).toMatchObject({
    steps: [{ key: 'docker-setup:elsewhere', values: { address: 'tcp://far:2375' } }],
  })
})

test('Docker Desktop is never restarted behind a back', async () => {
  const { reloadDocker } = darwinPlatform(places)
  const path = places.docker.daemonJson.desktop
  await expect(reloadDocker(new MemorySystem(), path, signal)).rejects.toMatchObject({
    code: 'docker-reload-failed',
    values: { path },
  })
})

test('the terminal gets one private file, and every word of the command arrives as it is', async () => {
  const argv = ['/Applications/Go Ready.app/x', '--image', 'it\'s $(touch /tmp/no) `x` \\ \n "', ''] as const
  const sys = new MemorySystem({ '/Users/chen/x': '' }, 501)
  const started: (readonly string[])[] = []
  const start = (words: readonly string[]): Promise<boolean> => {
    started.push(words)
    return Promise.resolve(true)
  }
  expect(await openTerminal(sys, places, argv, start)).toBe(true)
  const file = `${places.state}/terminal.command`
  expect(started).toEqual([['/usr/bin/open', '-a', 'Terminal', file]])
  expect((await sys.lstat(file))?.mode).toBe(0o700)
  expect(await openTerminal(sys, places, ['a\0b'], start)).toBe(false)
  expect(started).toHaveLength(1)

  await realSystem().withScratch(
    { 'terminal.command': new TextEncoder().encode(commandFile(['/usr/bin/printf', '%s\\0', ...argv])) },
    (folder) => {
      const told = execFileSync('/bin/sh', [`${folder}/terminal.command`], { env: { HOME: folder } }).toString()
      expect(told.split('\0').slice(0, -1)).toEqual([...argv])
      return Promise.resolve()
    },
  )
})
