import { expect, test } from 'vitest'
import type { Change, HandlerId } from '../contract/plan.ts'
import { MemorySystem } from '../system/memory.ts'
import { applyChanges, rollback, nothingTouched } from './apply.ts'
import { beginRun, readRun, readRuns, record } from './journal.ts'
import { fold } from './plan.ts'
import type { Handler } from './setting.ts'
import { edit, fakeService, testFormats } from './test-format.ts'
import { settleInterrupted } from './run.ts'
import { settle } from './settle.ts'
import { newestUndoable, undoable } from './standing.ts'
import { conflicts } from './undo-parts.ts'
import { undoRun } from './undo.ts'

const STATE = '/home/u/.local/state/goready'
const signal = new AbortController().signal

/** Applies edits as a run does, rolling back on failure. */
async function apply(
  sys: MemorySystem,
  changes: readonly Change[],
  handlers: ReadonlyMap<HandlerId, Handler>,
  runId = 'run1',
  at = signal,
) {
  const journal = await beginRun(STATE, { id: runId, startedAt: 'now', pid: 1, changes, choices: [] }, sys)
  const touched = nothingTouched()
  const context = { sys, handlers, runId, journal, signal: at, reloading: () => {} }
  try {
    await applyChanges(changes, touched, context)
    await record(journal, { t: 'end', status: 'applied', remaining: [] }, sys)
    return { error: null, remaining: [] }
  } catch (error) {
    const remaining = await rollback(changes, touched, { ...context, signal })
    return { error, remaining }
  }
}

const outside = (sys: MemorySystem) =>
  Object.fromEntries(Object.entries(sys.tree()).filter(([path]) => !path.startsWith('/home/u/.local')))

function machine(): MemorySystem {
  const sys = new MemorySystem({ '/home/u/rc': 'x=1\nm=old', '/dots/p': 'a=1' })
  sys.link('/home/u/.profile', '/dots/p')
  return sys
}
const wanted = [
  edit('/home/u/.config/go/env', 'GOPROXY', 'https://a'),
  edit('/home/u/.profile', 'b', '2'),
  edit('/home/u/rc', 'm', 'new', ['docker-reload']),
]
const ask = () => Promise.reject(new Error('nobody to ask'))

test('apply writes, tells the service once, and undo gives back every byte, mode, link and folder', async () => {
  const sys = machine()
  const before = outside(sys)
  const service = fakeService()
  const { error } = await apply(sys, await fold(wanted, testFormats, sys), service.handlers)
  expect(error).toBeNull()
  expect(sys.text('/home/u/.config/go/env')).toBe('GOPROXY=https://a')
  expect(sys.text('/dots/p')).toBe('a=1\nb=2')
  expect(service.seen).toEqual(['x=1\nm=new'])
  const { runs } = await readRuns(STATE, sys)
  const [run] = runs
  if (!run) throw new Error('no run')
  const result = await undoRun(run, runs, 'ask', {
    sys,
    handlers: service.handlers,
    formats: testFormats,
    signal,
    reloading: () => {},
    ask,
  })
  expect(result.restored).toHaveLength(3)
  expect(result.removedFolders).toEqual(['/home/u/.config/go', '/home/u/.config'])
  expect(outside(sys)).toEqual(before)
  expect(service.seen).toEqual(['x=1\nm=new', 'x=1\nm=old'])
})

test('a service that keeps what disappears gets an interim content before the exact bytes return', async () => {
  const sys = new MemorySystem({ '/etc/d': 'x=1' })
  const service = fakeService()
  await apply(sys, await fold([edit('/etc/d', 'm', 'a', ['docker-reload'])], testFormats, sys), service.handlers)
  const { runs } = await readRuns(STATE, sys)
  const [run] = runs
  if (!run) throw new Error('no run')
  await undoRun(run, runs, 'ask', {
    sys,
    handlers: service.handlers,
    formats: testFormats,
    signal,
    reloading: () => {},
    ask,
  })
  expect(service.seen).toEqual(['x=1\nm=a', 'm='])
  expect(sys.text('/etc/d')).toBe('x=1')
})

test('a refused content: everything comes back and the service is told the old one', async () => {
  const sys = machine()
  const before = outside(sys)
  const service = fakeService((text) => text?.includes('new') === true)
  const { error, remaining } = await apply(sys, await fold(wanted, testFormats, sys), service.handlers)
  expect(error).toBeInstanceOf(Error)
  expect(remaining).toEqual([])
  expect(outside(sys)).toEqual(before)
  expect(service.seen.at(-1)).toBe('x=1\nm=old')
})

test('whichever write fails, everything comes back', async () => {
  for (let failing = 0; ; failing++) {
    const sys = machine()
    const before = outside(sys)
    const changes = await fold(wanted, testFormats, sys)
    let count = 0
    sys.fault = (_, path) => {
      if (!path.startsWith('/home/u/.local') && count++ === failing)
        throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    const { error, remaining } = await apply(sys, changes, fakeService().handlers)
    if (error === null) {
      expect(failing).toBeGreaterThan(4)
      break
    }
    expect(error).toMatchObject({ code: 'no-space' })
    expect(remaining).toEqual([])
    expect(outside(sys)).toEqual(before)
  }
})

test('cut off at any write, the next start settles it and undo gives everything back', async () => {
  for (let dying = 0; ; dying++) {
    const sys = machine()
    const before = outside(sys)
    const changes = await fold(wanted, testFormats, sys)
    let count = 0
    let dead = false
    sys.fault = () => {
      if (count++ >= dying) dead = true
      if (dead) throw new Error('killed')
    }
    const outcome = await apply(sys, changes, fakeService().handlers).catch((error: unknown) => ({ error }))
    sys.fault = () => {}
    const { runs } = await readRuns(STATE, sys)
    const [run] = runs
    if (!dead) {
      expect(outcome.error).toBeNull()
      expect(dying).toBeGreaterThan(10)
      break
    }
    if (!run || run.touched.size === 0) {
      expect(outside(sys)).toEqual(before)
      continue
    }
    expect(undoable(run)).toBe(true)
    const handlers = fakeService().handlers
    const findings = await settle(run, runs, { sys, handlers, signal })
    expect(findings.every((finding) => finding.id !== 'settled.neither')).toBe(true)
    await undoRun(await readRun(run.path, sys), runs, 'ask', {
      sys,
      handlers,
      formats: testFormats,
      signal,
      reloading: () => {},
      ask,
    })
    expect(outside(sys)).toEqual(before)
  }
})

const undoing = (sys: MemorySystem, handlers: ReadonlyMap<HandlerId, Handler>) => ({
  sys,
  handlers,
  formats: testFormats,
  signal,
  reloading: () => {},
  ask,
})

test('an undo cut off at any write, with its temporary file left, is finished by the next one', async () => {
  const files = { '/home/u/rc': 'x=1', '/etc/d': 'x=1' }
  const edits = [edit('/home/u/rc', 'b', '2'), edit('/etc/d', 'm', 'a', ['docker-reload'])]
  for (let dying = 0; ; dying++) {
    const sys = new MemorySystem(files)
    const before = outside(sys)
    const service = fakeService()
    await apply(sys, await fold(edits, testFormats, sys), service.handlers)
    const { runs } = await readRuns(STATE, sys)
    const [run] = runs
    if (!run) throw new Error('no run')
    let count = 0
    let dead = false
    sys.fault = (operation, path) => {
      const dies = count++ === dying
      dead ||= dies
      if (!dead) return
      if (dies && operation === 'replaceFile') sys.put(path.replace(/[^/]*$/, '.$&.goready-run1'), 'half')
      throw new Error('killed')
    }
    await undoRun(run, runs, 'ask', undoing(sys, service.handlers)).catch(() => {})
    sys.fault = () => {}
    if (!dead) {
      expect(dying).toBeGreaterThan(8)
      break
    }
    await settleInterrupted({ sys, handlers: service.handlers, state: STATE }, signal)
    const again = await readRuns(STATE, sys)
    const open = newestUndoable(again.runs, null)
    if (open) {
      expect(await conflicts(open, again.runs, testFormats, sys)).toEqual([])
      await undoRun(open, again.runs, 'ask', undoing(sys, service.handlers))
    }
    expect(outside(sys)).toEqual(before)
    // The last thing that the service saw is that its mirrors are gone.
    expect(service.seen.at(-1)).not.toContain('m=a')
  }
})

test('an undo goes on past a file that fails and says what is not back', async () => {
  const sys = machine()
  await apply(sys, await fold(wanted, testFormats, sys), fakeService().handlers)
  const { runs } = await readRuns(STATE, sys)
  const [run] = runs
  if (!run) throw new Error('no run')
  sys.fault = (_, path) => {
    if (path === '/dots/p') throw Object.assign(new Error('no'), { code: 'EROFS' })
  }
  await expect(undoRun(run, runs, 'ask', undoing(sys, fakeService().handlers))).rejects.toMatchObject({
    code: 'read-only',
    remaining: [expect.stringContaining('/home/u/.profile')],
  })
  expect(sys.text('/home/u/rc')).toBe('x=1\nm=old')
  expect((await sys.lstat('/home/u/.config/go/env'))?.kind).toBeUndefined()
})

test('a journal that cannot grow does not keep the files from coming back', async () => {
  const sys = machine()
  const before = outside(sys)
  const changes = await fold(wanted, testFormats, sys)
  let full = false
  sys.fault = (operation, path) => {
    full ||= path === '/home/u/rc'
    if (full && operation === 'append') throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    if (path === '/home/u/rc') throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  const { error, remaining } = await apply(sys, changes, fakeService().handlers)
  expect(error).toMatchObject({ code: 'no-space' })
  expect(remaining).toEqual([])
  expect(outside(sys)).toEqual(before)
})

test('a run that was cut off before its first write is not what an undo means', async () => {
  const sys = machine()
  await apply(sys, await fold([edit('/home/u/rc', 'p', '1')], testFormats, sys), new Map(), 'run1')
  const changes = await fold([edit('/home/u/rc', 'q', '1')], testFormats, sys)
  await beginRun(STATE, { id: 'run2', startedAt: 'now', pid: 1, changes, choices: [] }, sys)
  expect(newestUndoable((await readRuns(STATE, sys)).runs, null)?.id).toBe('run1')
})

test('a file that changed since the plan stops the run and is left alone', async () => {
  const sys = machine()
  const changes = await fold(wanted, testFormats, sys)
  sys.put('/home/u/rc', 'x=mine')
  const before = outside(sys)
  const { error } = await apply(sys, changes, fakeService().handlers)
  expect(error).toMatchObject({ code: 'changed-since-plan', values: { path: '/home/u/rc' } })
  expect(outside(sys)).toEqual(before)
})

test('a link that was turned elsewhere since the plan stops the run', async () => {
  const sys = machine()
  const changes = await fold(wanted, testFormats, sys)
  sys.put('/elsewhere', 'a=1')
  sys.link('/home/u/.profile', '/elsewhere')
  const { error } = await apply(sys, changes, fakeService().handlers)
  expect(error).toMatchObject({ code: 'changed-since-plan' })
  expect(sys.text('/elsewhere')).toBe('a=1')
})

test('a cancel between two files gives the first back', async () => {
  const sys = machine()
  const before = outside(sys)
  const controller = new AbortController()
  const changes = await fold(wanted, testFormats, sys)
  sys.fault = (operation) => {
    if (operation === 'replaceFile') controller.abort()
  }
  const { error } = await apply(sys, changes, fakeService().handlers, 'run1', controller.signal)
  expect(error).toMatchObject({ name: 'AbortError' })
  expect(outside(sys)).toEqual(before)
})

const edited = async (policy: 'keep' | 'restore' | 'ours' | 'ask', answer?: 'keep') => {
  const sys = new MemorySystem({ '/home/u/rc': 'x=1' })
  await apply(sys, await fold([edit('/home/u/rc', 'p', 'ours')], testFormats, sys), new Map())
  sys.put('/home/u/rc', 'x=1\np=ours\nalias=mine')
  const { runs } = await readRuns(STATE, sys)
  const [run] = runs
  if (!run) throw new Error('no run')
  const asked: string[] = []
  const result = await undoRun(run, runs, policy, {
    sys,
    handlers: new Map(),
    formats: testFormats,
    signal,
    reloading: () => {},
    ask: (question) => {
      asked.push(question.edited)
      return answer ? Promise.resolve(answer) : ask()
    },
  })
  return { sys, result, asked }
}

test('a file that was edited since: keep, restore, or only ours', async () => {
  const kept = await edited('keep')
  expect(kept.sys.text('/home/u/rc')).toBe('x=1\np=ours\nalias=mine')
  expect(kept.result.kept).toEqual(['/home/u/rc'])
  expect((await edited('restore')).sys.text('/home/u/rc')).toBe('x=1')
  expect((await edited('ours')).sys.text('/home/u/rc')).toBe('x=1\nalias=mine')
  const asked = await edited('ask', 'keep')
  expect(asked.asked[0]).toContain('+alias=mine')
})

test('a file that a later run touched is given back by that run first', async () => {
  const sys = new MemorySystem({ '/home/u/rc': 'x=1' })
  await apply(sys, await fold([edit('/home/u/rc', 'p', '1')], testFormats, sys), new Map(), 'run1')
  await apply(sys, await fold([edit('/home/u/rc', 'p', '2')], testFormats, sys), new Map(), 'run2')
  const { runs } = await readRuns(STATE, sys)
  const first = runs.find((run) => run.id === 'run1')
  if (!first) throw new Error('no run')
  const context = { sys, handlers: new Map(), formats: testFormats, signal, reloading: () => {}, ask }
  await expect(undoRun(first, runs, 'ask', context)).rejects.toMatchObject({
    code: 'undo-later-run',
    values: { later: 'run2' },
  })
})
