import { expect, test } from 'vitest'
import type { Way } from '../../core/elevation.ts'
import { MemorySystem } from '../../system/memory.ts'
import { linuxElevator } from './elevate.ts'

const HELPER = ['/opt/GoReady/goready-elevated'] as const
const ALL = ['/usr/bin/pkexec', '/usr/bin/sudo']

async function ways(options: {
  uid?: number
  env?: Record<string, string>
  programs?: readonly string[]
  terminal?: boolean
  sudo?: number
}) {
  const files = Object.fromEntries((options.programs ?? ALL).map((path) => [path, '']))
  const sys = new MemorySystem(files, options.uid ?? 1000)
  const asked: string[] = []
  sys.programs.set('/usr/bin/sudo', (argv) => {
    asked.push(argv.join(' '))
    return { code: options.sudo ?? 1 }
  })
  const found = await linuxElevator({ environment: options.env ?? {} }).ways(sys, options.terminal ?? false)
  return { found, asked, commands: found.map((way) => command(way)) }
}
const command = (way: Way): string => (way.channel === 'stdio' ? way.argv(HELPER).join(' ') : way.channel)
const SCREEN = { DISPLAY: ':0' }
const PKEXEC = `/usr/bin/pkexec ${HELPER[0]}`
const SUDO = `/usr/bin/sudo -- ${HELPER[0]}`
const QUIET = `/usr/bin/sudo -n -- ${HELPER[0]}`

test.each([
  ['root', { uid: 0 }, [HELPER[0]]],
  ['a window', { env: SCREEN }, [PKEXEC]],
  ['Wayland', { env: { WAYLAND_DISPLAY: 'wayland-0' } }, [PKEXEC]],
  ['a terminal on a desktop', { env: SCREEN, terminal: true }, [PKEXEC, SUDO]],
  ['a terminal alone', { terminal: true }, [SUDO, PKEXEC]],
  ['a terminal without pkexec', { terminal: true, programs: ['/usr/bin/sudo'] }, [SUDO]],
  ['a terminal without sudo', { terminal: true, programs: ['/usr/bin/pkexec'] }, [PKEXEC]],
  ['a script where sudo asks for nothing', { sudo: 0 }, [QUIET]],
  ['a script where sudo would ask', { sudo: 1 }, []],
  ['a machine without either', { env: SCREEN, terminal: true, programs: [] }, []],
])('%s', async (_where, options, expected) => {
  expect((await ways(options)).commands).toEqual(expected)
})

test('only where nobody can be asked is sudo tried, and by a question that asks for nothing', async () => {
  expect((await ways({ env: SCREEN, terminal: true })).asked).toEqual([])
  expect((await ways({})).asked).toEqual(['/usr/bin/sudo -n -- true'])
})

test('what an end before the first word means', async () => {
  const { found } = await ways({ env: SCREEN, terminal: true })
  const [pkexec, sudo] = found
  const of = (way: Way | undefined, code: number | null, stderr = '') => way?.refusal({ code, stderr })
  expect(of(pkexec, 126, 'Error executing command as another user: Request dismissed')).toBe('cancelled')
  expect(of(pkexec, 127, 'Error executing command as another user: Not authorized')).toBe('refused')
  expect(of(pkexec, 127, 'Error executing command as another user: No authentication agent found.')).toBe('unavailable')
  expect(of(pkexec, null, 'spawn /usr/bin/pkexec ENOENT')).toBe('unavailable')
  expect(of(pkexec, 2, 'goready: this part is started by GoReady itself')).toBeNull()
  expect(of(sudo, 1, 'Sorry, try again.\nsudo: 3 incorrect password attempts')).toBe('refused')
  expect(of(sudo, 1, 'ann is not in the sudoers file.')).toBe('refused')
  expect(of(sudo, 1, 'sudo: a terminal is required to read the password')).toBe('unavailable')
  expect(of(sudo, 1, 'Error: Cannot find module')).toBeNull()
})

test('a window that asks is told of the screen, and nothing else of the environment goes along', async () => {
  const { found } = await ways({ env: { ...SCREEN, XAUTHORITY: '/x', LD_PRELOAD: '/evil', PATH: '/evil' } })
  expect(found[0]?.env).toEqual({
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
    DISPLAY: ':0',
    XAUTHORITY: '/x',
  })
})
