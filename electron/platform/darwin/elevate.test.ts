import { expect, test } from 'vitest'
import type { Way } from '../../core/elevation.ts'
import { MemorySystem } from '../../system/memory.ts'
import { darwinElevator, PROMPT_SCRIPT } from './elevate.ts'

const HELPER = ['/Applications/Go Ready.app/Contents/MacOS/goready-elevated'] as const
const AT = { address: '/var/folders/x/T/goready-1/channel', secret: 'a'.repeat(64) }

const ways = (environment: Record<string, string>, terminal: boolean, uid = 501) =>
  darwinElevator({ environment }).ways(new MemorySystem({}, uid), terminal)
const argv = (way: Way): readonly string[] => (way.channel === 'stdio' ? way.argv(HELPER) : way.argv(HELPER, AT))

const PROMPT = ['/usr/bin/osascript', '-e', PROMPT_SCRIPT, ...HELPER, AT.address, AT.secret]
const SUDO = ['/usr/bin/sudo', '--', ...HELPER]
test.each([
  ['root', {}, false, 0, [[...HELPER]]],
  ['a window', {}, false, 501, [PROMPT]],
  ['a terminal', {}, true, 501, [PROMPT, SUDO]],
  ['a terminal over ssh', { SSH_CONNECTION: '10.0.0.2 1 10.0.0.1 22' }, true, 501, [SUDO]],
  ['a script over ssh', { SSH_CONNECTION: '10.0.0.2 1 10.0.0.1 22' }, false, 501, []],
] as const)('%s', async (_where, environment, terminal, uid, expected) => {
  expect((await ways(environment, terminal, uid)).map(argv)).toEqual(expected)
})

test("the script is one fixed text; the command's words come as arguments and are quoted there", async () => {
  const [prompt] = await ways({}, false)
  expect(PROMPT_SCRIPT).toContain('quoted form of')
  expect(PROMPT_SCRIPT).not.toMatch(/[$`\\]/)
  expect(prompt?.channel).toBe('socket')
  expect(
    (await ways({ DYLD_INSERT_LIBRARIES: '/evil', PATH: '/evil', TERM: 'xterm' }, true)).map(({ env }) => env),
  ).toEqual([1, 2].map(() => ({ PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TERM: 'xterm' })))
})

test.each([
  ['closed', 1, '76:121: execution error: User canceled. (-128)\n', 'cancelled'],
  ['closed, in Chinese', 1, '76:121: execution error: 用户已取消。 (-128)\n', 'cancelled'],
  [
    'a wrong name or password',
    1,
    'execution error: The administrator user name or password was incorrect. (-60007)',
    'refused',
  ],
  ['no session in which to ask', 1, 'execution error: An error of type -10810 has occurred. (-10810)', 'unavailable'],
  ['no osascript', null, 'spawn /usr/bin/osascript ENOENT', 'unavailable'],
  ['the helper broke', 1, 'execution error: goready: this part is started by GoReady itself (2)', null],
] as const)('%s', async (_what, code, stderr, expected) => {
  const [prompt] = await ways({}, false)
  expect(prompt?.refusal({ code, stderr })).toBe(expected)
})
