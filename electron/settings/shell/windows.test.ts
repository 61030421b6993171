import { expect, test } from 'vitest'
import type { EnvValue } from '../../contract/plan.ts'
import { fold } from '../../core/plan.ts'
import { win32Places } from '../../platform/win32/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { freshEnvironment } from './windows-ask.ts'
import { verifyWindows } from './windows-verify.ts'
import { expand, windowsEdits, windowsVariables, type WindowsWish } from './windows.ts'

const environment = { USERPROFILE: 'C:\\Users\\陈杰', SystemRoot: 'C:\\Windows' }
const places = win32Places({ environment, username: '陈杰' })
const { signal } = new AbortController()
const list = (value: string): EnvValue => ({ type: 'REG_EXPAND_SZ', value })

function machine(user: Record<string, EnvValue>, system: Record<string, EnvValue> = {}) {
  const sys = new MemorySystem()
  for (const [name, value] of Object.entries(user)) sys.variables.user.set(name, value)
  for (const [name, value] of Object.entries(system)) sys.variables.system.set(name, value)
  const wish = (parts: Partial<WindowsWish>): WindowsWish => ({
    scope: 'user',
    variables: new Map(),
    paths: [],
    ...parts,
  })
  const edits = async (parts: Partial<WindowsWish>) =>
    windowsEdits('shell', places, (await windowsVariables(sys, places)) ?? expect.fail('none'), wish(parts))
  return { sys, wish, edits }
}

test('variables and folders go to the registry under the names that stand there', async () => {
  const { sys, edits } = machine({ Path: list('C:\\a'), goflags: { type: 'REG_SZ', value: '-v' } })
  const planned = await edits({ variables: new Map([['GOFLAGS', '-mod=mod']]), paths: ['~/go/bin', 'D:/tools'] })
  const changes = await fold(planned, new Map(), sys)
  expect(changes).toMatchObject([
    { kind: 'env', name: 'goflags', after: { value: '-mod=mod' }, admin: false, notify: ['environment-broadcast'] },
    { kind: 'env', name: 'Path', after: list('C:\\a;C:\\Users\\陈杰\\go\\bin;D:\\tools') },
  ])
})

test('what stands there already gives no edit: other case, a variable in it, the system’s own list', async () => {
  const { edits } = machine(
    { PATH: list('%USERPROFILE%\\Go\\BIN\\;"C:\\quoted;x"'), A: { type: 'REG_SZ', value: 'x' } },
    { Path: list('%SystemRoot%\\system32') },
  )
  const paths = ['~/go/bin', 'c:\\windows\\SYSTEM32']
  expect(await edits({ variables: new Map([['a', 'x']]), paths })).toEqual([])
  // For everybody the user's own entry is no help.
  expect((await edits({ scope: 'system', paths })).map(({ key }) => key)).toEqual(['path:C:\\Users\\陈杰\\go\\bin'])
})

test.each(['/opt/go/bin', '~/a;b', 'C:\\%X%', 'D:\\"q"', 'C:\\a|b'])(
  '%s is no folder that a list can hold',
  async (path) => {
    await expect(machine({}).edits({ paths: [path] })).rejects.toMatchObject({ code: 'bad-profile' })
  },
)

test('another home or root has no registry', async () => {
  const sys = new MemorySystem()
  for (const other of [{ home: 'D:\\h' }, { root: 'D:\\r' }])
    expect(await windowsVariables(sys, win32Places({ environment, username: 'u', ...other }))).toBeNull()
})

test('verify looks in the registry again, and says what a user’s own value hides', async () => {
  const { sys, wish } = machine({ A: { type: 'REG_SZ', value: 'x' } })
  const variables = new Map([['A', 'y']])
  expect(await verifyWindows(sys, places, wish({ variables }), signal)).toMatchObject([{ severity: 'error' }])
  sys.variables.system.set('A', { type: 'REG_SZ', value: 'y' })
  sys.programs.set('C:\\Windows\\System32\\cmd.exe', () => ({ stdout: 'Path=C:\\a\r\nB=it\r\n' }))
  expect(await verifyWindows(sys, places, wish({ scope: 'system', variables }), signal)).toMatchObject([
    { id: 'shell.windows', severity: 'ok' },
    { severity: 'warning', note: { values: { name: 'A' } } },
    { id: 'shell.cmd', severity: 'ok' },
  ])
  sys.variables.user.set('B', { type: 'REG_SZ', value: 'other' })
  expect(await verifyWindows(sys, places, wish({ variables: new Map([['B', 'other']]) }), signal)).toMatchObject([
    { id: 'shell.windows', severity: 'ok' },
    { id: 'shell.cmd', severity: 'error', details: ['cmd: B=it'] },
  ])
})

test('what is not set stays as it is written', () => {
  expect(expand('%A%;%b%;100%;%%', { A: 'x', B: 'y' })).toBe('x;y;100%;%%')
})

test('a new program gets the system’s variables, the user’s over them, and both lists', async () => {
  const { sys } = machine(
    { A: { type: 'REG_SZ', value: 'mine' }, Path: list('%A%\\bin;%NONE%') },
    { a: { type: 'REG_SZ', value: 'theirs' }, PATH: list('%SystemRoot%\\system32;'), B: list('%A%') },
  )
  const state = (await windowsVariables(sys, places)) ?? expect.fail('none')
  expect(freshEnvironment(state, places)).toMatchObject({
    A: 'mine',
    B: 'theirs',
    PATH: 'C:\\Windows\\system32;mine\\bin;%NONE%',
    USERPROFILE: 'C:\\Users\\陈杰',
  })
})
