import { expect, test } from 'vitest'
import { win32Places } from '../../platform/win32/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { windowsVariables } from '../shell/windows.ts'
import type { GoState } from './detect.ts'
import { hiddenOnWindows, planOnWindows } from './windows.ts'

const places = win32Places({ environment: { USERPROFILE: 'C:\\Users\\u' }, username: 'u' })
const GOENV = 'C:/Users/u/AppData/Roaming/go/env'

async function plan(
  user: Record<string, string>,
  system: Record<string, string>,
  value: string | null,
  scope: 'user' | 'system' = 'user',
) {
  const sys = new MemorySystem()
  for (const [name, text] of Object.entries(user)) sys.variables.user.set(name, { type: 'REG_SZ', value: text })
  for (const [name, text] of Object.entries(system)) sys.variables.system.set(name, { type: 'REG_SZ', value: text })
  const state = (await windowsVariables(sys, places)) ?? expect.fail('none')
  const shells = { windows: state } as GoState['shells']
  const go: GoState = { file: new Map(), bytes: null, layers: [], own: new Map(), installed: [], shells }
  const choice = { scope, values: new Map([['GOPROXY', value]]), shells: [], imageGo: null }
  const edits = planOnWindows(state, go, choice, places)
  return {
    edits: edits.map(({ target, after }) => [target.kind === 'env' ? target.scope : target.path, after]),
    hidden: hiddenOnWindows(state, choice, places).map(({ id }) => id),
  }
}

test('the GOENV file alone, where nothing in the registry hides it', async () => {
  expect(await plan({}, {}, 'https://a.example')).toEqual({ edits: [[GOENV, 'https://a.example']], hidden: [] })
  expect((await plan({ GOPROXY: 'https://a.example' }, {}, 'https://a.example')).edits).toHaveLength(1)
  expect((await plan({}, { goproxy: '' }, 'https://a.example')).edits).toHaveLength(1)
})

test('a value in the registry that hides the file is replaced; the default takes it away', async () => {
  expect(await plan({ GOPROXY: 'old' }, {}, 'new')).toEqual({
    edits: [
      [GOENV, 'new'],
      ['user', 'new'],
    ],
    hidden: ['go.hidden.windows'],
  })
  expect((await plan({ GOPROXY: 'old' }, {}, null)).edits).toEqual([['user', null]])
  expect((await plan({}, { GOPROXY: 'old' }, 'new')).edits).toEqual([
    [GOENV, 'new'],
    ['user', 'new'],
  ])
  expect((await plan({ GOPROXY: 'a' }, { GOPROXY: 'b' }, null)).edits).toEqual([
    ['user', null],
    ['system', null],
  ])
})

test('for everybody: the system’s key, and the user’s own no longer hides it', async () => {
  expect((await plan({ GOPROXY: 'mine' }, {}, 'new', 'system')).edits).toEqual([
    ['user', 'new'],
    ['system', 'new'],
  ])
  expect((await plan({}, { GOPROXY: 'old' }, null, 'system')).edits).toEqual([['system', null]])
})
