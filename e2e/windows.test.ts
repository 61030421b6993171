import { afterAll, beforeAll, expect, test } from 'vitest'
import fc from 'fast-check'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Edit, EnvScope, EnvValue, Value } from '../electron/contract/plan.ts'
import { ENV_KEYS, envTarget, splitList } from '../electron/core/env.ts'
import { readRuns } from '../electron/core/journal.ts'
import { fold } from '../electron/core/plan.ts'
import { runPlan } from '../electron/core/run.ts'
import type { Handler } from '../electron/core/setting.ts'
import type { System } from '../electron/core/system.ts'
import { conflicts } from '../electron/core/undo-parts.ts'
import { undoRun } from '../electron/core/undo.ts'
import { registryStore } from '../electron/platform/win32/registry.ts'
import { realSystem } from '../electron/system/real.ts'
import { hasWine, startWine, type Wine, WINE } from './wine.ts'

const FULL = process.env['GOREADY_FULL'] === '1'
const { signal } = new AbortController()
let wine: Wine
let sys: System
let state: string
const told: string[] = []
const broadcast: Handler = {
  id: 'environment-broadcast',
  once: true,
  interim: () => Promise.resolve(null),
  notice: (_, place) => Promise.resolve(void told.push(place)),
}
const handlers = new Map([[broadcast.id, broadcast]])

beforeAll(async () => {
  if (!hasWine) throw new Error(`${WINE} is missing (wine64)`)
  wine = await startWine()
  const base = realSystem()
  sys = { ...base, ...registryStore(base, wine.tools) }
  state = await mkdtemp(join(tmpdir(), 'goready-windows-'))
})

afterAll(async () => {
  await wine?.stop()
  await rm(state, { recursive: true, force: true })
})

const edit = (name: string, key: string, after: Value, scope: EnvScope = 'user'): Edit => ({
  target: envTarget(scope, name),
  owner: 'shell',
  key,
  before: null,
  after,
})

const hex = (name: string, type: number, text: string): string =>
  `"${name}"=hex(${type}):${[...Buffer.from(`${text}\0`, 'utf16le')].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`

/** Plans and applies as the program does; answers the run's undo. */
async function apply(edits: readonly Edit[]) {
  const changes = (await fold(edits, new Map(), sys)).map((change) =>
    // Wine has no way to ask for an administrator; the key itself is open.
    change.kind === 'env' ? { ...change, admin: false } : change,
  )
  const plan = { id: 'p', changes, findings: [] }
  const tools = { sys, handlers, state, pid: process.pid }
  const result = await runPlan({ plan, proposals: [], image: null }, tools, () => {}, signal)
  const run = async () => (await readRuns(state, sys)).runs.find(({ id }) => id === result.run)
  return {
    changes,
    result,
    async conflicts() {
      const { runs } = await readRuns(state, sys)
      return conflicts((await run()) ?? expect.fail('no run'), runs, new Map(), sys)
    },
    async undo(policy: 'keep' | 'restore' | 'ours' | 'ask' = 'ask') {
      const { runs } = await readRuns(state, sys)
      const ask = () => Promise.reject(new Error('asked'))
      const context = { sys, handlers, formats: new Map(), signal, reloading: () => {}, ask }
      return undoRun((await run()) ?? expect.fail('no run'), runs, policy, context)
    },
  }
}

test('variables of every kind are written and given back, byte for byte in an export of the key', async () => {
  const long = Array.from({ length: 400 }, (_, index) => `%ProgramFiles%\\工具 ${index}\\bin`).join(';')
  expect(long.length).toBeGreaterThan(8000)
  await wine.plant(ENV_KEYS.user, [
    hex('Path', 2, long),
    hex('PLAIN', 1, 'C:\\Users\\陈杰;"q";%USERNAME%'),
    hex('EMPTY', 1, ''),
    hex('LINES', 1, 'one\r\ntwo'),
    '"NUMBER"=dword:0000002a',
    '"BYTES"=hex:00,ff',
    hex('LIST', 7, 'a\0b\0'),
  ])
  const before = await wine.exported(ENV_KEYS.user)
  const run = await apply([
    edit('PATH', 'path:C:\\Users\\陈杰\\go\\bin', true),
    edit('PATH', 'path:%programfiles%\\工具 7\\BIN\\', true),
    edit('PLAIN', 'PLAIN', '改了 "x" \\ %A% ; \'y\''),
    edit('EMPTY', 'EMPTY', 'no longer'),
    edit('LINES', 'LINES', 'one'),
    edit('新变量', '新变量', ''),
    edit('GOFLAGS', 'GOFLAGS', '-mod=mod'),
  ])
  expect(run.result.files.map(({ action }) => action)).toEqual([
    ...['modify', 'modify', 'modify', 'modify', 'create', 'create'],
  ])
  expect(told).toHaveLength(1)
  expect(await sys.readEnv('user', 'Path')).toEqual({
    type: 'REG_EXPAND_SZ',
    value: `${long};C:\\Users\\陈杰\\go\\bin`,
  })
  expect(await sys.readEnv('user', 'plain')).toEqual({ type: 'REG_SZ', value: '改了 "x" \\ %A% ; \'y\'' })
  expect(await sys.readEnv('user', '新变量')).toEqual({ type: 'REG_SZ', value: '' })
  // Windows itself: a new program gets them.
  expect(await wine.run('cmd', '/d', '/c', 'echo %GOFLAGS%')).toMatch(/^-mod=mod\r?\n/)
  expect(
    await fold(
      run.changes.flatMap((change) => (change.kind === 'env' ? change.edits : [])),
      new Map(),
      sys,
    ),
  ).toEqual([])
  await run.undo()
  expect((await wine.exported(ENV_KEYS.user)).equals(before)).toBe(true)
  expect(told).toHaveLength(2)
})

test.each([
  ['NUMBER', 'REG_DWORD'],
  ['BYTES', 'REG_BINARY'],
  ['LIST', 'REG_MULTI_SZ'],
])('%s is %s, no text: refused by its name, and left', async (name, type) => {
  const before = await wine.exported(ENV_KEYS.user)
  await expect(apply([edit(name, name, 'x'), edit('OTHER', 'OTHER', 'y')])).rejects.toMatchObject({
    code: 'env-not-text',
    values: { name, type },
  })
  expect((await wine.exported(ENV_KEYS.user)).equals(before)).toBe(true)
  expect((await sys.listEnv('user')).find((entry) => entry.name === name)).toEqual({ name, type, value: null })
})

test('the key of the whole machine', async () => {
  const before = await wine.exported(ENV_KEYS.system)
  const system = await sys.readEnv('system', 'path')
  expect(system?.type).toBe('REG_EXPAND_SZ')
  const run = await apply([
    edit('Path', 'path:D:\\Go 语言\\bin', true, 'system'),
    edit('GOPROXY', 'GOPROXY', 'https://a.example|direct', 'system'),
  ])
  expect(splitList((await sys.readEnv('system', 'PATH'))?.value ?? '').at(-1)).toBe('D:\\Go 语言\\bin')
  await run.undo()
  expect((await wine.exported(ENV_KEYS.system)).equals(before)).toBe(true)
  await expect(fold([edit('A', 'A', 'b', 'system')], new Map(), sys)).resolves.toMatchObject([{ admin: true }])
})

test('what somebody edited since is asked about; their own entries stay when ours are taken back', async () => {
  const run = await apply([edit('Path', 'path:E:\\go\\bin', true)])
  const ours = await sys.readEnv('user', 'Path')
  await wine.plant(ENV_KEYS.user, [hex('Path', 2, `C:\\新的;${ours?.value ?? ''}`)])
  expect(await run.conflicts()).toEqual([`${ENV_KEYS.user}\\Path`])
  await run.undo('ours')
  const after = await sys.readEnv('user', 'Path')
  expect(after?.value).toBe(`C:\\新的;${ours?.value.replace(/;E:\\go\\bin$/, '')}`)
})

test('a value that another program changed since the plan is left as it is, and the rest given back', async () => {
  const changes = await fold([edit('A1', 'A1', 'x'), edit('PLAIN', 'PLAIN', 'new')], new Map(), sys)
  await wine.plant(ENV_KEYS.user, [hex('PLAIN', 2, 'changed')])
  const before = await wine.exported(ENV_KEYS.user)
  const tools = { sys, handlers, state, pid: process.pid }
  const plan = { id: 'p', changes, findings: [] }
  await expect(runPlan({ plan, proposals: [], image: null }, tools, () => {}, signal)).rejects.toMatchObject({
    code: 'changed-since-plan',
  })
  expect((await wine.exported(ENV_KEYS.user)).equals(before)).toBe(true)
})

test('any text comes back as it was written', async () => {
  const text = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '%PATH%',
          '"',
          '\\',
          '\\\\',
          ';',
          '%',
          '陈杰',
          '\u00A0',
          '😀',
          '$(x)',
          '`',
          '^',
          '&',
          '!',
          '\\n',
          ' ',
        ),
        fc.string({ unit: 'grapheme', maxLength: 4 }),
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join(''))
    .filter((value) => !/[\0\r\n]/.test(value))
  const type = fc.constantFrom<EnvValue['type']>('REG_SZ', 'REG_EXPAND_SZ')
  await fc.assert(
    fc.asyncProperty(text, type, async (value, kind) => {
      await sys.writeEnv('user', 'ANY "\\" NAME', { type: kind, value })
      expect(await sys.readEnv('user', 'any "\\" name')).toEqual({ type: kind, value })
    }),
    { numRuns: FULL ? 200 : 12 },
  )
  await sys.writeEnv('user', 'ANY "\\" NAME', null)
  expect(await sys.readEnv('user', 'ANY "\\" NAME')).toBeNull()
})
