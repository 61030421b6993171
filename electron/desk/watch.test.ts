import { expect, test } from 'vitest'
import type { TaskReport, TaskView } from '../contract/task.ts'
import { watchTasks } from './watch.ts'

function watched(views: readonly TaskView[]) {
  const seen: unknown[] = []
  const follow = watchTasks(() => views, {
    progress: (fraction) => seen.push(fraction),
    ended: (kind, state) => seen.push(`${kind} ${state}`),
    asked: () => seen.push('asked'),
    idle: () => seen.push('idle'),
  })
  let seq = 0
  return { seen, tell: (report: TaskReport, taskId = 'a') => follow({ taskId, seq: seq++, ...report }) }
}

const view = (id: string, kind: string, state: TaskView['state'] = 'running'): TaskView => ({
  id,
  kind,
  state,
  events: [],
})
const pull = (fraction: number | null): TaskReport => ({ type: 'progress', step: 'pull', fraction, note: { key: 'x' } })

test('the taskbar shows whole per cents, and nothing twice', () => {
  const { seen, tell } = watched([view('a', 'apply')])
  tell({ type: 'step', step: 'pull', state: 'running' })
  for (const fraction of [null, 0.1, 0.101, 0.104, 0.11, 1]) tell(pull(fraction))
  tell({ type: 'done', result: null })
  expect(seen).toEqual(['unknown', 0.1, 0.11, 1, 'apply done', null, 'idle'])
})

test('as long as another task runs it is not idle; a failure is told, an own cancel is not', () => {
  const { seen, tell } = watched([view('a', 'pull', 'failed'), view('b', 'verify')])
  tell({ type: 'failed', error: { code: 'pull-failed' } })
  expect(seen).toEqual(['pull failed'])
  const alone = watched([view('a', 'undo', 'cancelled')])
  alone.tell({ type: 'cancelled', error: { code: 'cancelled' } })
  expect(alone.seen).toEqual(['idle'])
})

test('a question calls the person back', () => {
  const { seen, tell } = watched([view('a', 'undo')])
  tell({ type: 'ask', question: { id: 'q', note: { key: 'x' }, choices: ['keep'] } })
  tell({ type: 'log', line: 'x' })
  expect(seen).toEqual(['asked'])
})

test('a look at the machine is no news', () => {
  const { seen, tell } = watched([view('a', 'check')])
  const check = { id: 'go.x', category: 'go', state: 'ok', ms: 1, found: [], facts: [], offers: [] } as const
  tell({ type: 'checked', check: { ...check, found: [], facts: [], offers: [] } })
  tell({ type: 'done', result: null })
  expect(seen).toEqual(['idle'])
})
