import { expect, test } from 'vitest'
import type { StepId, TaskEvent, TaskReport } from '../../electron/contract/task.ts'
import { APPLY_STEPS, LOG_KEPT, advance, beginTimeline, type Timeline } from './run-timeline.ts'

const numbered = (reports: readonly TaskReport[], from = 0): TaskEvent[] =>
  reports.map((report, index) => ({ taskId: 't', seq: from + index, ...report }))
const step = (id: StepId, state: Extract<TaskReport, { type: 'step' }>['state']): TaskReport => ({
  type: 'step',
  step: id,
  state,
})
const progress = (fraction: number): TaskReport => ({
  type: 'progress',
  step: 'pull',
  fraction,
  note: { key: 'image:pull.progress' },
})
const states = ({ steps }: Timeline) => Object.fromEntries(steps.map(({ id, state }) => [id, state]))
const run = (reports: readonly TaskReport[], expected: readonly StepId[] = APPLY_STEPS) =>
  advance(beginTimeline(expected), numbered(reports))

test('a run stands there with all its steps before anything happened', () => {
  expect(states(beginTimeline(APPLY_STEPS))).toEqual({
    files: 'waiting',
    reload: 'waiting',
    settings: 'waiting',
    pull: 'waiting',
    'verify-image': 'waiting',
    'verify-module': 'waiting',
  })
})

test('steps that were passed over without a word were not needed', () => {
  const timeline = run([step('settings', 'running'), step('settings', 'done'), { type: 'done', result: 1 }])
  expect(states(timeline)).toEqual({
    files: 'skipped',
    reload: 'skipped',
    settings: 'done',
    pull: 'skipped',
    'verify-image': 'skipped',
    'verify-module': 'skipped',
  })
  expect(timeline.end).toEqual({ type: 'done', result: 1 })
})

test('Docker is reloaded while the files are still being written', () => {
  const timeline = run([step('files', 'running'), step('reload', 'running')])
  expect(states(timeline)).toMatchObject({ files: 'running', reload: 'running', settings: 'waiting' })
})

test('a failed run marks the step it failed in, and keeps what never began apart', () => {
  const error = { code: 'registry-unreachable' as const }
  const timeline = run([
    step('pull', 'running'),
    progress(0.3),
    step('rollback', 'running'),
    step('rollback', 'done'),
    { type: 'failed', error },
  ])
  expect(states(timeline)).toMatchObject({ pull: 'failed', 'verify-image': 'missed', rollback: 'done' })
  expect(timeline.steps.at(-1)?.id).toBe('rollback')
  expect(timeline.end).toEqual({ type: 'failed', error })
})

test('a cancelled run stopped in its step, which did not fail', () => {
  const reports: TaskReport[] = [
    step('pull', 'running'),
    step('rollback', 'running'),
    step('rollback', 'done'),
    { type: 'cancelled', error: { code: 'cancelled' } },
  ]
  expect(states(run(reports))).toMatchObject({ pull: 'stopped', rollback: 'done' })
})

test('of progress the newest is shown, at its step', () => {
  const timeline = run([step('pull', 'running'), progress(0.1), progress(0.7)])
  expect(timeline.steps.find(({ id }) => id === 'pull')?.progress?.fraction).toBe(0.7)
})

test('questions stand until they are answered or the task ends', () => {
  const question = { id: 'q', note: { key: 'x' }, choices: ['keep' as const] }
  const asked = run([{ type: 'ask', question }], [])
  expect(asked.questions).toEqual([question])
  expect(advance(asked, numbered([{ type: 'answered', questionId: 'q' }], 1)).questions).toEqual([])
  const cancelled = numbered([{ type: 'cancelled', error: { code: 'cancelled' } }], 1)
  expect(advance(asked, cancelled).questions).toEqual([])
})

test('events that were seen already change nothing', () => {
  const timeline = run([step('files', 'running'), step('files', 'done'), { type: 'log', line: 'a' }])
  expect(advance(timeline, numbered([step('files', 'running'), { type: 'log', line: 'b' }]))).toBe(timeline)
})

test('a step that nobody expected is shown where it comes', () => {
  expect(states(run([step('undo', 'running'), progress(0.5)], []))).toEqual({ undo: 'running', pull: 'running' })
})

test('a hundred thousand events in a batch keep the newest lines and the steps', () => {
  const reports: TaskReport[] = [step('pull', 'running')]
  for (let n = 0; n < 100_000; n++) reports.push({ type: 'log', line: String(n) })
  const timeline = run(reports)
  expect(timeline.log).toHaveLength(LOG_KEPT)
  expect(timeline.log.at(-1)).toBe('99999')
  expect(timeline.dropped).toBe(100_000 - LOG_KEPT)
  expect(states(timeline)).toMatchObject({ pull: 'running' })
})

test('the question for rights comes in front of what is done with them', () => {
  const timeline = run([step('rights', 'running'), step('rights', 'done'), step('files', 'running')])
  expect(timeline.steps.slice(0, 2).map(({ id, state }) => `${id} ${state}`)).toEqual(['rights done', 'files running'])
})
