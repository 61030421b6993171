import { expect, test } from 'vitest'
import { testPlaces } from '../../docker/test-places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { openTerminal } from './terminal.ts'

const ARGV = ['/usr/bin/node', '/p/out/node/cli.js', 'shell', '--image', 'golang:1.26'] as const

function machine(programs: readonly string[], environment: Record<string, string>, fail: readonly string[] = []) {
  const sys = new MemorySystem()
  for (const path of programs) sys.put(path, '', { mode: 0o755 })
  const started: { argv: readonly string[]; cwd: string }[] = []
  const open = () =>
    openTerminal(sys, testPlaces({ environment }), ARGV, (argv, { cwd }) => {
      started.push({ argv, cwd })
      return Promise.resolve(!fail.includes(argv[0]))
    })
  return { sys, started, open }
}
const WINDOW = { DISPLAY: ':0', PATH: '/opt/bin:bin:/usr/bin' }

test("the person's own choice comes first, by an argument list, in the home", async () => {
  const { started, open } = machine(['/usr/bin/xterm', '/usr/bin/x-terminal-emulator'], WINDOW)
  expect(await open()).toBe(true)
  expect(started).toEqual([{ argv: ['/usr/bin/x-terminal-emulator', '-e', ...ARGV], cwd: '/home/ann' }])
})

test('one that refuses is passed over; without any the answer is no', async () => {
  const { started, open } = machine(['/usr/bin/gnome-terminal', '/opt/bin/xterm'], WINDOW, ['/usr/bin/gnome-terminal'])
  expect(await open()).toBe(true)
  expect(started.map(({ argv }) => argv.slice(0, 2))).toEqual([
    ['/usr/bin/gnome-terminal', '--'],
    ['/opt/bin/xterm', '-e'],
  ])
  expect(await machine(['/usr/bin/xterm'], WINDOW, ['/usr/bin/xterm']).open()).toBe(false)
  expect(await machine([], WINDOW).open()).toBe(false)
})

test('without a screen no terminal opens, and a file that may not be run is none', async () => {
  expect(await machine(['/usr/bin/xterm'], { PATH: '/usr/bin' }).open()).toBe(false)
  const { sys, open } = machine([], WINDOW)
  sys.put('/usr/bin/xterm', '', { mode: 0o644 })
  expect(await open()).toBe(false)
})
