import { afterEach, expect, test, vi } from 'vitest'
import type { Question, TaskEvent } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import { TaskRegistry } from './registry.ts'

afterEach(() => vi.useRealTimers())

const note = { key: 'wizard:name' }
const progress = (fraction: number) => ({ type: 'progress' as const, step: 'pull' as const, fraction, note })
const question: Question = { id: 'q', note, choices: ['keep', 'restore'] }
const never = (signal: AbortSignal) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

function listening(): { tasks: TaskRegistry; events: TaskEvent[] } {
  const tasks = new TaskRegistry()
  const events: TaskEvent[] = []
  tasks.subscribe((event) => events.push(event))
  return { tasks, events }
}

test('work that fails before its first wait fails its task, and does not run for ever', async () => {
  const { tasks } = listening()
  const id = tasks.run('pull', () => {
    throw new CodedError('busy')
  })
  expect(await tasks.settled(id)).toMatchObject({ state: 'failed', error: { code: 'busy' } })
})

test('a task answers its id before its first event, numbers its events and ends with its result', async () => {
  const { tasks, events } = listening()
  const id = tasks.run('apply', async ({ report, taskId }) => {
    report({ type: 'step', step: 'plan', state: 'running' })
    return taskId
  })
  expect(events).toEqual([])
  expect(await tasks.settled(id)).toEqual({ state: 'done', result: id })
  expect(events).toEqual([
    { taskId: id, seq: 0, type: 'step', step: 'plan', state: 'running' },
    { taskId: id, seq: 1, type: 'done', result: id },
  ])
})

test('a coded error ends it as failed, with the code and what remains', async () => {
  const { tasks, events } = listening()
  const id = tasks.run('apply', async () => {
    const error = new CodedError('no-space', { path: '/x' })
    error.remaining.push('/y')
    throw error
  })
  const error = { code: 'no-space', values: { path: '/x' }, remaining: ['/y'] }
  expect(await tasks.settled(id)).toEqual({ state: 'failed', error })
  expect(events.at(-1)).toMatchObject({ type: 'failed', error })
})

test('work that throws at once, or something odd, is a failure with its cause', async () => {
  const tasks = new TaskRegistry()
  const id = tasks.run('apply', () => Promise.reject(new Error('odd')))
  const settled = await tasks.settled(id)
  expect(settled.error?.code).toBe('internal')
  expect(settled.error?.cause).toContain('odd')
})

test('cancelling aborts the signal; the end is `cancelled`; a second time there is nothing to cancel', async () => {
  const { tasks, events } = listening()
  const id = tasks.run('pull', ({ signal }) => never(signal))
  expect(tasks.cancel(id)).toBe(true)
  expect((await tasks.settled(id)).state).toBe('cancelled')
  expect(events.at(-1)).toMatchObject({ type: 'cancelled', error: { code: 'cancelled' } })
  expect(tasks.cancel(id)).toBe(false)
})

test('a task that finished before it noticed the cancel is done', async () => {
  const tasks = new TaskRegistry()
  const id = tasks.run('pull', async ({ taskId }) => tasks.cancel(taskId))
  expect(await tasks.settled(id)).toEqual({ state: 'done', result: true })
})

test('a task that was cancelled before its first turn never starts', async () => {
  const tasks = new TaskRegistry()
  let started = false
  const id = tasks.run('pull', async () => {
    started = true
  })
  tasks.cancel(id)
  expect((await tasks.settled(id)).state).toBe('cancelled')
  expect(started).toBe(false)
})

test('cancelAll reaches every running task', async () => {
  const tasks = new TaskRegistry()
  const ids = [1, 2].map(() => tasks.run('pull', ({ signal }) => never(signal)))
  tasks.cancelAll()
  for (const id of ids) expect((await tasks.settled(id)).state).toBe('cancelled')
})

test('unknown ids are answered false or refused', async () => {
  const tasks = new TaskRegistry()
  expect(tasks.cancel('nothing')).toBe(false)
  expect(tasks.answer('nothing', 'q', 'keep')).toBe(false)
  await expect(tasks.settled('nothing')).rejects.toMatchObject({ code: 'bad-request' })
})

test('a question waits for one of its choices, once', async () => {
  const { tasks, events } = listening()
  const id = tasks.run('undo', ({ ask }) => ask(question))
  await vi.waitFor(() => expect(events).toHaveLength(1))
  expect(tasks.answer(id, 'q', 'ours')).toBe(false)
  expect(tasks.answer(id, 'other', 'keep')).toBe(false)
  expect(tasks.answer(id, 'q', 'keep')).toBe(true)
  expect(tasks.answer(id, 'q', 'keep')).toBe(false)
  expect(await tasks.settled(id)).toEqual({ state: 'done', result: 'keep' })
  expect(events.map(({ type }) => type)).toEqual(['ask', 'answered', 'done'])
})

test('a cancel rejects the open question, and one that comes later', async () => {
  const { tasks, events } = listening()
  const open = tasks.run('undo', ({ ask }) => ask(question))
  await vi.waitFor(() => expect(events).toHaveLength(1))
  tasks.cancel(open)
  expect((await tasks.settled(open)).state).toBe('cancelled')
  const late = tasks.run('undo', ({ ask, taskId }) => {
    tasks.cancel(taskId)
    return ask(question)
  })
  expect((await tasks.settled(late)).state).toBe('cancelled')
  expect(tasks.answer(late, 'q', 'keep')).toBe(false)
})

test('100,000 progress reports become at most 60 a second, and the last one arrives', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const { tasks, events } = listening()
  const id = tasks.run('pull', async ({ report }) => {
    for (let second = 0; second < 2; second++)
      for (let n = 1; n <= 1000; n++) {
        for (let part = 0; part < 50; part++) report(progress((second * 1000 + n) / 2000))
        vi.advanceTimersByTime(1)
      }
  })
  await tasks.settled(id)
  const shown = events.filter(({ type }) => type === 'progress')
  expect(shown.length).toBeGreaterThan(100)
  expect(shown.length).toBeLessThanOrEqual(122)
  expect(shown.at(-1)).toMatchObject({ fraction: 1 })
})

test('progress that is held back comes before the step that follows it, and by itself in time', async () => {
  const { tasks, events } = listening()
  const id = tasks.run('pull', async ({ report }) => {
    report(progress(0.1))
    report(progress(0.2))
    report(progress(0.3))
    report({ type: 'step', step: 'pull', state: 'done' })
    report(progress(0.4))
    report(progress(0.5))
    await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ fraction: 0.5 }))
  })
  expect((await tasks.settled(id)).state).toBe('done')
  expect(events.map((event) => (event.type === 'progress' ? event.fraction : event.type))).toEqual([
    0.1,
    0.3,
    'step',
    0.5,
    'done',
  ])
})

test('a late listener reads the newest of each kind and step, the open question and the last log lines', async () => {
  const tasks = new TaskRegistry()
  const id = tasks.run('apply', async ({ report, ask }) => {
    report({ type: 'step', step: 'files', state: 'running' })
    report({ type: 'step', step: 'files', state: 'done' })
    report(progress(0.5))
    report({ type: 'step', step: 'pull', state: 'running' })
    for (let n = 0; n < 1000; n++) report({ type: 'log', line: String(n) })
    return ask(question)
  })
  await vi.waitFor(() => expect(tasks.list()[0]?.events.some(({ type }) => type === 'ask')).toBe(true))
  const [view] = tasks.list()
  const kinds = view?.events.filter(({ type }) => type !== 'log').map((event) => event.type)
  expect(kinds).toEqual(['step', 'progress', 'step', 'ask'])
  const lines = view?.events.flatMap((event) => (event.type === 'log' ? [event.line] : [])) ?? []
  expect(lines).toHaveLength(200)
  expect(lines.at(-1)).toBe('999')
  tasks.answer(id, 'q', 'keep')
  await tasks.settled(id)
  expect(tasks.list()[0]?.events.some(({ type }) => type === 'ask')).toBe(false)
  expect(tasks.list()[0]).toMatchObject({ id, kind: 'apply', state: 'done' })
})

test('finished tasks are forgotten in time; running ones never', async () => {
  const tasks = new TaskRegistry()
  const running = tasks.run('pull', ({ signal }) => never(signal))
  for (let n = 0; n < 50; n++) await tasks.settled(tasks.run('detect', async () => n))
  expect(tasks.list()).toHaveLength(33)
  expect(tasks.list().some(({ id }) => id === running)).toBe(true)
  tasks.cancel(running)
})

test('who has unsubscribed hears nothing', async () => {
  const tasks = new TaskRegistry()
  const heard: TaskEvent[] = []
  tasks.subscribe((event) => heard.push(event))()
  await tasks.settled(tasks.run('detect', async () => 1))
  expect(heard).toEqual([])
})

test('a late listener gets every seat of a room as it stands, in one event', async () => {
  const { tasks } = listening()
  const view = (name: string, state: 'running' | 'well') =>
    ({ seat: { name, address: name, system: 'linux' }, state, reason: null, wave: 1, report: null }) as const
  const id = tasks.run('room', ({ report, signal }) => {
    report({ type: 'seats', seats: [view('a1', 'running'), view('a2', 'running')] })
    report({ type: 'seats', seats: [view('a1', 'well')] })
    return never(signal)
  })
  await Promise.resolve()
  const seats = tasks.list()[0]?.events.find(({ type }) => type === 'seats')
  expect(seats).toMatchObject({ seq: 1, seats: [view('a1', 'well'), view('a2', 'running')] })
  tasks.cancel(id)
  await tasks.settled(id)
})
