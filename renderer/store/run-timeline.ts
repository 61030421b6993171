import type { SeatView } from '../../electron/contract/classroom.ts'
import type { CheckView } from '../../electron/contract/doctor.ts'
import type { AppError } from '../../electron/contract/note.ts'
import type { Question, StepId, TaskEvent } from '../../electron/contract/task.ts'
import { assertNever } from '../assert-never.ts'

export type Progress = Extract<TaskEvent, { type: 'progress' }>
/** `waiting`: not begun; `missed`: and now it never will. `stopped`: the run was cancelled in it. */
export type StepState = 'waiting' | 'running' | 'done' | 'skipped' | 'failed' | 'stopped' | 'missed'
export type TimelineStep = { id: StepId; state: StepState; progress: Progress | null }
export type TimelineEnd =
  | { type: 'done'; result: unknown }
  | { type: 'cancelled'; error: AppError }
  | { type: 'failed'; error: AppError }

/** A task as the run page shows it. */
export type Timeline = {
  steps: readonly TimelineStep[]
  log: readonly string[]
  /** Lines that were dropped in front of `log`. */
  dropped: number
  questions: readonly Question[]
  /** The checks of a check-up that have ended, in the order of their ends. */
  checks: readonly CheckView[]
  /** Seats of a room that were told of, as they stand. */
  seats: readonly SeatView[]
  /** The process of another GoReady that this one waits for. */
  waitsFor: number | null
  end: TimelineEnd | null
  /** Number of the newest event; an older one is ignored. */
  seq: number
}

/** What the run of a plan does, in its order: known beforehand, so that nothing jumps. */
export const APPLY_STEPS: readonly StepId[] = ['files', 'reload', 'settings', 'pull', 'verify-image', 'verify-module']

/** Lines of the log that the window keeps. */
export const LOG_KEPT = 2000

/** A task before its first event. */
export function beginTimeline(expected: readonly StepId[]): Timeline {
  const steps = expected.map((id): TimelineStep => ({ id, state: 'waiting', progress: null }))
  return { steps, log: [], dropped: 0, questions: [], checks: [], seats: [], waitsFor: null, end: null, seq: -1 }
}

/** Many events at once into a timeline. Pure; older events than those it knows are ignored. */
export function advance(timeline: Timeline, events: readonly TaskEvent[]): Timeline {
  let next = timeline
  let { seq } = timeline
  const lines: string[] = []
  for (const event of events) {
    if (event.seq <= seq) continue
    seq = event.seq
    if (event.type === 'log') lines.push(event.line)
    else next = withEvent(next, event)
  }
  if (seq === timeline.seq) return timeline
  // Copied once a batch, not once a line.
  const log = lines.length === 0 ? next.log : [...next.log, ...lines]
  const over = Math.max(0, log.length - LOG_KEPT)
  return { ...next, seq, log: over === 0 ? log : log.slice(over), dropped: next.dropped + over }
}

function withEvent(timeline: Timeline, event: Exclude<TaskEvent, { type: 'log' }>): Timeline {
  switch (event.type) {
    case 'step':
      return { ...timeline, waitsFor: null, steps: withStep(timeline.steps, event.step, event.state) }
    case 'progress':
      return { ...timeline, steps: withProgress(timeline.steps, event) }
    case 'ask':
      return { ...timeline, questions: [...timeline.questions, event.question] }
    case 'answered':
      return { ...timeline, questions: timeline.questions.filter(({ id }) => id !== event.questionId) }
    case 'checked':
      return { ...timeline, checks: [...timeline.checks, event.check] }
    case 'seats':
      return { ...timeline, seats: withSeats(timeline.seats, event.seats) }
    case 'waiting':
      return { ...timeline, waitsFor: event.pid }
    case 'done':
      return ended(timeline, { type: 'done', result: event.result }, 'done', 'skipped')
    case 'cancelled':
      return ended(timeline, { type: 'cancelled', error: event.error }, 'stopped', 'missed')
    case 'failed':
      return ended(timeline, { type: 'failed', error: event.error }, 'failed', 'missed')
    default:
      return assertNever(event)
  }
}

/** Newer seats in the places of the older; those that were not known follow. */
export function withSeats(seats: readonly SeatView[], newer: readonly SeatView[]): readonly SeatView[] {
  const left = new Map(newer.map((view) => [view.seat.name, view]))
  const known = seats.map((view) => {
    const found = left.get(view.seat.name)
    left.delete(view.seat.name)
    return found ?? view
  })
  return [...known, ...left.values()]
}

function withStep(steps: readonly TimelineStep[], id: StepId, state: StepState): readonly TimelineStep[] {
  const at = steps.findIndex((step) => step.id === id)
  const fresh: TimelineStep = { id, state, progress: null }
  // The question for rights stands before all that is done with them.
  const known = at >= 0 ? steps : id === 'rights' ? [fresh, ...steps] : [...steps, fresh]
  const place = at >= 0 ? at : known.indexOf(fresh)
  // Giving back follows wherever a run stopped: what did not begin before it was not skipped as needless.
  const passes = state === 'running' && id !== 'rollback'
  return known.map((step, index) => {
    if (index === place) return { ...step, state }
    // Whether it failed or was cancelled is known only at the end.
    if (id === 'rollback' && step.state === 'running') return { ...step, state: 'stopped' }
    return passes && index < place && step.state === 'waiting' ? { ...step, state: 'skipped' } : step
  })
}

function withProgress(steps: readonly TimelineStep[], progress: Progress): readonly TimelineStep[] {
  if (steps.some(({ id }) => id === progress.step))
    return steps.map((step) => (step.id === progress.step ? { ...step, progress } : step))
  return [...steps, { id: progress.step, state: 'running', progress }]
}

function ended(timeline: Timeline, end: TimelineEnd, running: StepState, waiting: StepState): Timeline {
  const steps = timeline.steps.map((step): TimelineStep => {
    if (step.state === 'running') return { ...step, state: running }
    if (step.state === 'stopped') return { ...step, state: running }
    return step.state === 'waiting' ? { ...step, state: waiting } : step
  })
  return { ...timeline, steps, end, questions: [] }
}
