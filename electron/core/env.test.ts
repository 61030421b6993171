import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Edit, EnvValue, Value } from '../contract/plan.ts'
import { MemorySystem } from '../system/memory.ts'
import { applyChanges, rollback, nothingTouched } from './apply.ts'
import { editEnv, envTarget, splitList } from './env.ts'
import { beginRun, newRunId, readRun } from './journal.ts'
import { fold } from './plan.ts'
import type { Handler } from './setting.ts'
import { summarize } from './summary.ts'
import { undoRun } from './undo.ts'
import { viewChange } from './view.ts'

const { signal } = new AbortController()
const expandable = (value: string): EnvValue => ({ type: 'REG_EXPAND_SZ', value })
const edit = (name: string, key: string, after: Value): Edit => ({
  target: envTarget('user', name),
  owner: 'shell',
  key,
  before: null,
  after,
})
const path = (entry: string) => edit('Path', `path:${entry}`, true)

function setUp() {
  const sys = new MemorySystem({ '/home/u/.state/x': '' })
  const told: string[] = []
  const broadcast: Handler = {
    id: 'environment-broadcast',
    once: true,
    interim: () => Promise.resolve(null),
    notice: (_, place) => Promise.resolve(void told.push(place)),
  }
  const handlers = new Map([[broadcast.id, broadcast]])
  const apply = async (edits: readonly Edit[]) => {
    const changes = await fold(edits, new Map(), sys)
    const id = newRunId()
    const begin = { id, startedAt: '', pid: 1, changes, choices: [] }
    const journal = await beginRun('/home/u/.state', begin, sys)
    const touched = nothingTouched()
    const context = { sys, handlers, runId: id, journal, signal, reloading: () => {} }
    return { changes, journal, touched, context, done: applyChanges(changes, touched, context) }
  }
  const undo = async (journal: string, policy: 'ask' | 'ours') => {
    const run = await readRun(journal, sys)
    const ask = () => Promise.resolve('ours' as const)
    return undoRun(run, [run], policy, { sys, handlers, formats: new Map(), signal, reloading: () => {}, ask })
  }
  return { sys, told, apply, undo }
}

test('a variable is set, told of once, and undone to its type and text', async () => {
  const { sys, told, apply, undo } = setUp()
  const before = expandable('%SystemRoot%;C:\\a b;;"C:\\x;y"')
  sys.variables.user.set('Path', before)
  sys.variables.user.set('PATHEXT', { type: 'REG_SZ', value: '.EXE' })
  const run = await apply([path('C:\\go\\bin'), path('c:\\A B\\'), edit('GOFLAGS', 'GOFLAGS', '-mod=mod')])
  await run.done
  expect(Object.fromEntries(sys.variables.user)).toEqual({
    Path: expandable(`${before.value};C:\\go\\bin`),
    PATHEXT: { type: 'REG_SZ', value: '.EXE' },
    GOFLAGS: { type: 'REG_SZ', value: '-mod=mod' },
  })
  expect(told).toHaveLength(1)
  expect(summarize(await readRun(run.journal, sys), null).files).toEqual([
    { path: 'HKEY_CURRENT_USER\\Environment\\Path', action: 'modify' },
    { path: 'HKEY_CURRENT_USER\\Environment\\GOFLAGS', action: 'create' },
  ])
  await undo(run.journal, 'ask')
  expect(sys.variables.user.get('Path')).toEqual(before)
  expect(sys.variables.user.has('GOFLAGS')).toBe(false)
  expect(told).toHaveLength(2)
})

test('what was edited since keeps its own entries when only ours are taken back', async () => {
  const { sys, apply, undo } = setUp()
  sys.variables.user.set('Path', expandable('C:\\a'))
  const run = await apply([path('C:\\go\\bin')])
  await run.done
  sys.variables.user.set('Path', expandable('C:\\new;C:\\a;C:\\GO\\bin'))
  await undo(run.journal, 'ours')
  expect(sys.variables.user.get('Path')).toEqual(expandable('C:\\new;C:\\a'))
})

test('a failure gives back what was written; what changed since the plan stops the run', async () => {
  const { sys, apply } = setUp()
  sys.variables.user.set('A', expandable('old'))
  const failing = await apply([edit('A', 'A', 'new'), edit('B', 'B', 'x')])
  sys.fault = (operation, place) => {
    if (operation === 'writeEnv' && place === 'user B') throw Object.assign(new Error('full'), { code: 'EIO' })
  }
  await expect(failing.done).rejects.toMatchObject({
    code: 'io',
    values: { path: 'HKEY_CURRENT_USER\\Environment\\B' },
  })
  sys.fault = () => {}
  expect(await rollback(failing.changes, failing.touched, failing.context)).toEqual([])
  expect(Object.fromEntries(sys.variables.user)).toEqual({ A: expandable('old') })

  const changes = await fold([edit('A', 'A', 'new')], new Map(), sys)
  sys.variables.user.set('A', { type: 'REG_SZ', value: 'old' })
  const touched = nothingTouched()
  await expect(applyChanges(changes, touched, failing.context)).rejects.toMatchObject({ code: 'changed-since-plan' })
})

test('no text is refused by its name, a value that no program could be given by its length', async () => {
  const sys = new MemorySystem()
  sys.variables.user.set('GOFLAGS', null)
  await expect(fold([edit('GOFLAGS', 'GOFLAGS', 'x')], new Map(), sys)).rejects.toMatchObject({
    code: 'env-not-text',
    values: { name: 'GOFLAGS', type: 'REG_BINARY' },
  })
  expect(() => editEnv('A', null, [{ key: 'A', after: 'x'.repeat(32_768) }])).toThrow('env-too-long')
})

test('the system scope asks for an administrator; what is secret is not shown', async () => {
  const sys = new MemorySystem()
  const target = envTarget('system', 'Path')
  const [change] = await fold([{ ...path('C:\\go'), target }], new Map(), sys)
  expect(change).toMatchObject({ kind: 'env', admin: true, before: null, after: expandable('C:\\go') })
  const [secret] = await fold([edit('API_TOKEN', 'API_TOKEN', 'hunter2')], new Map(), sys)
  const [proxy] = await fold([edit('HTTP_PROXY', 'HTTP_PROXY', 'http://u:hunter2@h:1')], new Map(), sys)
  expect(secret?.kind === 'env' && JSON.stringify(viewChange(secret))).not.toContain('hunter2')
  expect(proxy?.kind === 'env' && JSON.stringify(viewChange(proxy))).not.toContain('hunter2')
})

test('a percent sign that is meant stays one; other texts keep the type that stands there', () => {
  const set = (before: EnvValue | null, after: string) => editEnv('A', before, [{ key: 'A', after }])
  expect(set(expandable('%X%'), '100%A%')).toEqual({ type: 'REG_SZ', value: '100%A%' })
  expect(set(expandable('%X%'), 'plain')).toEqual(expandable('plain'))
  expect(set(null, 'plain')).toEqual({ type: 'REG_SZ', value: 'plain' })
})

test('an entry comes and goes without a trace in the others', () => {
  const piece = fc.constantFrom('', 'C:\\a', '%X%\\b', '"C:\\p;q"', 'D:\\陈杰', '"open')
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
      const value = pieces.join(';')
      expect(splitList(value).join(';')).toBe(value)
      const added = editEnv('Path', expandable(value), [{ key: 'path:E:\\go', after: true }])
      expect(added?.value.includes(value)).toBe(true)
      expect(editEnv('Path', added, [{ key: 'path:e:\\GO\\', after: true }])).toEqual(added)
    }),
  )
})
