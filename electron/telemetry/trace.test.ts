import { expect, test } from 'vitest'
import type { TaskReport } from '../contract/task.ts'
import { CodedError, toAppError } from '../core/errors.ts'
import { seatSchema, type SeatState } from '../contract/classroom.ts'
import { pointsOf } from './metrics.ts'
import { NOTHING_SEEN } from './seen.ts'
import { type Happened, Trace } from './trace.ts'

/** A trace on a clock that the test sets, and what was told of it. */
function traced(kind = 'apply') {
  const told: Happened[] = []
  let at = 1_000_000
  const trace = new Trace({ kind, clock: () => at, told: (one) => told.push(one) })
  const pass = (ms: number): void => {
    at += ms
  }
  const step = (id: Extract<TaskReport, { type: 'step' }>['step'], state: 'running' | 'done' | 'skipped' | 'failed') =>
    trace.hear({ type: 'step', step: id, state })
  const named = (name: string) => trace.spans.filter((span) => span.name === name)
  return { trace, told, pass, step, named }
}
const lasted = (span: { start: number; end: number | null } | undefined) => (span?.end ?? NaN) - (span?.start ?? NaN)

test('a run is a trace, each step a span below it, and what a step does a span below the step', async () => {
  const { trace, pass, step, named } = traced()
  step('files', 'running')
  await trace.timed({ kind: 'file', name: '/home/chen/.bashrc' }, async () => pass(5))
  step('reload', 'running')
  await trace.timed({ kind: 'handler', name: 'docker-reload' }, async () => pass(20))
  step('files', 'done')
  step('reload', 'done')
  step('pull', 'skipped')
  trace.end('done', null)
  const [files, reload] = [named('step.files')[0], named('step.reload')[0]]
  expect(trace.steps()).toEqual([files, reload])
  expect([files?.parent, reload?.parent]).toEqual([trace.root.id, trace.root.id])
  expect([lasted(files), lasted(reload)]).toEqual([25, 20])
  expect(named('file')).toMatchObject([{ parent: files?.id, failed: null }])
  expect(named('handler')).toMatchObject([{ parent: reload?.id, facts: { name: 'docker-reload' } }])
  expect(lasted(trace.root)).toBe(25)
  expect(new Set(trace.spans.map(({ id }) => id)).size).toBe(trace.spans.length)
})

test('the path of a file is for the log alone: no fact of a span holds it', async () => {
  const { trace, told } = traced()
  await trace.timed({ kind: 'file', name: '/home/chen/.bashrc' }, async () => {})
  trace.end('done', null)
  expect(JSON.stringify(trace.spans.map(({ facts }) => facts))).not.toContain('chen')
  expect(told.find(({ event }) => event === 'part.end')?.values).toMatchObject({ name: '/home/chen/.bashrc' })
})

test('what was under way when a run failed carries its code, and so does the run', async () => {
  const { trace, pass, step, named } = traced()
  const broken = new CodedError('no-space', { path: '/home/chen/.bashrc' }, 'ENOSPC')
  step('files', 'running')
  await expect(trace.timed({ kind: 'file', name: 'x' }, async () => Promise.reject(broken))).rejects.toBe(broken)
  step('rollback', 'running')
  pass(3)
  step('rollback', 'done')
  trace.end('failed', toAppError(broken))
  expect(named('step.files')[0]?.failed).toBe('no-space')
  expect(named('file')[0]?.failed).toBe('no-space')
  expect(named('step.rollback')[0]?.failed).toBeNull()
  expect(trace.root).toMatchObject({ failed: 'no-space', facts: { outcome: 'failed', code: 'no-space' } })
  const points = pointsOf(trace, NOTHING_SEEN).map(({ metric, value, labels }) => [metric.name, value, labels])
  expect(points).toContainEqual(['goready.failures', 1, { kind: 'apply', code: 'no-space' }])
  expect(points).toContainEqual(['goready.step.duration', 0.003, { kind: 'apply', step: 'rollback', outcome: 'done' }])
})

test('layers of a pull become spans with their bytes; those that were there already do not', () => {
  const { trace, pass, named } = traced('pull')
  const progress = (layers: Extract<TaskReport, { type: 'progress' }>['layers']): void =>
    trace.hear({ type: 'progress', step: 'pull', fraction: null, note: { key: 'x' }, ...(layers ? { layers } : {}) })
  const layer = (id: string, state: 'downloading' | 'done' | 'exists', current: number | null) => ({
    id,
    state,
    current,
    total: 100,
  })
  progress([layer('a', 'downloading', 10), layer('b', 'exists', null)])
  pass(50)
  progress([layer('a', 'done', 100), layer('b', 'exists', null)])
  pass(50)
  progress([layer('a', 'done', 100)])
  trace.end('done', null)
  expect(named('layer').map((span) => [span.facts, lasted(span)])).toEqual([[{ state: 'done', bytes: 100 }, 50]])
  expect(named('layer')[0]?.parent).toBe(named('step.pull')[0]?.id)
})

test('a seat runs in a span of its own; news that come twice count once', () => {
  const { trace, pass, step, named } = traced('room')
  const seat = (name: string, state: SeatState): void =>
    trace.hear({
      type: 'seats',
      seats: [
        {
          seat: seatSchema.parse({ name, address: '10.0.0.1', system: 'linux' }),
          state,
          reason: null,
          wave: 1,
          report: null,
        },
      ],
    })
  step('room', 'running')
  seat('pc-1', 'waiting')
  seat('pc-1', 'running')
  pass(1000)
  seat('pc-1', 'well')
  seat('pc-1', 'well')
  seat('pc-2', 'unreachable')
  step('room', 'done')
  trace.end('done', null)
  expect(named('seat').map(({ facts, failed }) => [facts.seat, facts.state, failed])).toEqual([
    ['pc-1', 'well', null],
    ['pc-2', 'unreachable', 'unreachable'],
  ])
  expect(lasted(named('seat')[0])).toBe(1000)
  expect(JSON.stringify(trace.spans)).not.toContain('10.0.0.1')
})
