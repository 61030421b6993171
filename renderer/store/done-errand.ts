import type { AppError } from '../../electron/contract/note.ts'
import type { Answer } from '../../electron/contract/task.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'
import { beginTimeline, type Timeline } from './run-timeline.ts'
import { watchTask } from './run-watch.ts'

/** A task that is shown in place, on the page that started it. */
export type Errand =
  | { step: 'idle' }
  | { step: 'running'; taskId: string | null; timeline: Timeline }
  | { step: 'done'; timeline: Timeline; result: unknown }
  /** `timeline` null: it did not even begin. */
  | { step: 'failed'; timeline: Timeline | null; error: AppError }

/** Starts a task (`begin` answers its id) or follows one that runs, and shows what becomes of it. */
export async function runErrand(begin: () => Promise<string>, show: (errand: Errand) => void): Promise<void> {
  const first = beginTimeline([])
  show({ step: 'running', taskId: null, timeline: first })
  let taskId: string
  try {
    taskId = await begin()
  } catch (thrown) {
    show({ step: 'failed', timeline: null, error: errorOf(thrown) })
    return
  }
  show({ step: 'running', taskId, timeline: first })
  const stop = watchTask(taskId, first, {
    show(timeline) {
      show(errandOf(taskId, timeline))
      if (timeline.end !== null) stop()
    },
    // Main forgets a task only after many others, or when it was started again.
    lost: () => show({ step: 'failed', timeline: null, error: { code: 'internal', cause: `unknown task ${taskId}` } }),
  })
}

export type Ended = Extract<Errand, { step: 'done' | 'failed' }>

/** The same, and answers when it has ended. */
export function runToEnd(begin: () => Promise<string>, show: (errand: Errand) => void): Promise<Ended> {
  return new Promise((resolve) => {
    void runErrand(begin, (errand) => {
      show(errand)
      if (errand.step === 'done' || errand.step === 'failed') resolve(errand)
    })
  })
}

function errandOf(taskId: string, timeline: Timeline): Errand {
  const { end } = timeline
  if (end === null) return { step: 'running', taskId, timeline }
  if (end.type === 'done') return { step: 'done', timeline, result: end.result }
  return { step: 'failed', timeline, error: end.error }
}

/** Answers a question of an errand. One that came too late changes nothing. */
export async function answerErrand(errand: Errand, questionId: string, answer: Answer): Promise<void> {
  if (errand.step !== 'running' || errand.taskId === null) return
  await request('task.answer', { taskId: errand.taskId, questionId, answer }).catch(() => false)
}

export async function cancelErrand(errand: Errand): Promise<void> {
  if (errand.step !== 'running' || errand.taskId === null) return
  await request('task.cancel', { taskId: errand.taskId }).catch(() => false)
}
