import { expect, test } from 'vitest'
import { MemorySystem } from '../system/memory.ts'
import { beginRun, mendJournal, newRunId, readRun, readRuns, record, runsFolder } from './journal.ts'
import { lockHolder, withLock } from './lock.ts'

const STATE = '/home/u/.local/state/goready'
const state = { bytes: new Uint8Array([0, 255, 10, 13]), mode: 0o640, uid: 1, gid: 2 }
const changes = [
  { kind: 'file' as const, path: '/a', real: '/a', before: state, after: null, edits: [], notify: [], admin: false },
]
const begin = { id: 'r1', startedAt: 'now', pid: 7, changes, choices: [{ key: 'plan:x', values: { a: 1 } }] }

test('a run is read back as it was written, bytes and all', async () => {
  const sys = new MemorySystem({ '/home/u/x': '' })
  const path = await beginRun(STATE, begin, sys)
  await record(path, { t: 'intent', i: 0, temporary: '/tmp1', interim: null }, sys)
  const run = await readRun(path, sys)
  expect(run).toMatchObject({ id: 'r1', pid: 7, end: null, undone: false, temporaries: ['/tmp1'], changes })
  expect((await sys.lstat(path))?.mode).toBe(0o600)
  expect((await sys.lstat(STATE))?.mode).toBe(0o700)
})

test('a last line cut off in the middle is ignored, any other damage is told', async () => {
  const sys = new MemorySystem({ '/home/u/x': '' })
  const path = await beginRun(STATE, begin, sys)
  await sys.append(path, '{"t":"inte')
  expect((await readRun(path, sys)).touched.size).toBe(0)
  await sys.append(path, '\n{"t":"done","i":0}\n')
  await expect(readRun(path, sys)).rejects.toMatchObject({ code: 'journal-damaged', values: { line: 2 } })
  expect(await readRuns(STATE, sys)).toEqual({ runs: [], damaged: [path], unbegun: [], superseded: [] })
})

test('a record behind a line that was cut off does not spoil the journal', async () => {
  const sys = new MemorySystem({ '/home/u/x': '' })
  const path = await beginRun(STATE, begin, sys)
  await sys.append(path, '{"t":"inte')
  await mendJournal(path, sys)
  await record(path, { t: 'settled', at: 'now' }, sys)
  expect(await readRun(path, sys)).toMatchObject({ cutOff: false })
  expect((await sys.lstat(path))?.mode).toBe(0o600)
})

test('what is no file in the place of a record is told, and the others count', async () => {
  const sys = new MemorySystem({ '/home/u/x': '' })
  await beginRun(STATE, begin, sys)
  const path = `${runsFolder(STATE)}/r2.jsonl`
  sys.folder(path)
  const { runs, damaged } = await readRuns(STATE, sys)
  expect([runs.map(({ id }) => id), damaged]).toEqual([['r1'], [path]])
})

test('a journal whose first line was never finished is no run', async () => {
  const sys = new MemorySystem({ '/home/u/x': '' })
  const path = `${runsFolder(STATE)}/r0.jsonl`
  for (const text of ['', '{"t":"begin","v":1,"id']) {
    sys.put(path, text)
    expect(await readRuns(STATE, sys)).toEqual({ runs: [], damaged: [], unbegun: [path], superseded: [] })
  }
})

test("run ids sort by time and don't collide", () => {
  const older = newRunId(new Date('2026-11-22T14:30:00Z'))
  expect(older).toMatch(/^20261122T143000000Z-[0-9a-f]{6}$/)
  expect(newRunId(new Date('2026-11-22T14:30:00.001Z')) > older).toBe(true)
})

test('one run at a time; a lock whose process is gone is taken over', async () => {
  const sys = new MemorySystem({ '/home/u/x': '' })
  sys.running.add(10)
  await withLock(STATE, 10, sys, async () => {
    await expect(withLock(STATE, 11, sys, () => Promise.resolve())).rejects.toMatchObject({
      code: 'busy',
      values: { pid: 10 },
    })
    expect(await lockHolder(STATE, sys)).toBe(10)
    sys.running.delete(10)
    expect(await withLock(STATE, 11, sys, () => Promise.resolve('taken over'))).toBe('taken over')
  })
  expect(await sys.lstat(`${STATE}/lock`)).toBeNull()
})

test('a broken lock file does not lock anybody out', async () => {
  const sys = new MemorySystem({ [`${STATE}/lock`]: '' })
  expect(await withLock(STATE, 11, sys, () => Promise.resolve(1))).toBe(1)
})

test('two that find the same stale lock never work at the same time', async () => {
  const sys = new MemorySystem({ [`${STATE}/lock`]: '{"pid":9,"started":""}' })
  for (let pid = 10; pid < 16; pid++) sys.running.add(pid)
  let working = 0
  let most = 0
  const runs = [10, 11, 12, 13, 14, 15].map((pid) =>
    withLock(STATE, pid, sys, async () => {
      most = Math.max(most, ++working)
      await new Promise((resolve) => setTimeout(resolve, 20))
      working--
    }).then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    ),
  )
  const ends = await Promise.all(runs)
  expect(most).toBe(1)
  expect(new Set(ends)).toEqual(new Set(['done', 'busy']))
  expect(await sys.list(STATE)).toEqual([])
})

test('a lock that is just being written is not taken over', async () => {
  const sys = new MemorySystem({ [`${STATE}/lock`]: '' })
  sys.running.add(10)
  setTimeout(() => sys.put(`${STATE}/lock`, '{"pid":10,"started":""}'), 60)
  await expect(withLock(STATE, 11, sys, () => Promise.resolve())).rejects.toMatchObject({ code: 'busy' })
})

test('a state folder that cannot be written is named', async () => {
  const sys = new MemorySystem({ '/home/u/x': '' })
  sys.fault = (operation) => {
    if (operation === 'makeDir') throw Object.assign(new Error('no'), { code: 'EROFS' })
  }
  await expect(withLock(STATE, 1, sys, () => Promise.resolve())).rejects.toMatchObject({ code: 'read-only' })
})
