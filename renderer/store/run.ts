import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import { applyResultSchema, type RunSummary } from '../../electron/contract/run.ts'
import type { Answer } from '../../electron/contract/task.ts'
import { request } from '../api.ts'
import { useDockerHelp } from './docker-help.ts'
import { useDone } from './done.ts'
import { errorOf } from './run-error.ts'
import { APPLY_STEPS, beginTimeline, type Timeline } from './run-timeline.ts'
import { watchTask } from './run-watch.ts'
import { useWizard } from './wizard.ts'

/** What the records say of a task that main no longer knows. `run` null: there are no records. */
export type Truth =
  | { step: 'looking' }
  | { step: 'known'; run: RunSummary | null }
  | { step: 'failed'; error: AppError }

type RunStore = {
  /** The task that is followed. */
  taskId: string | null
  timeline: Timeline | null
  /** Set once main no longer knows the task. */
  truth: Truth | null
  /** The person asked to stop; it counts once main has given everything back. */
  cancelling: boolean
  /** The log is unfolded: its reader is not led on to the next page. */
  reading: boolean
  /** Follows a task; the same one is not begun twice. */
  watch(taskId: string): void
  /** Asks the records what became of a task that nobody knows. */
  lookBack(): Promise<void>
  cancel(): Promise<void>
  answer(questionId: string, answer: Answer): Promise<void>
  read(open: boolean): void
  /** On to what follows a run that ended well. */
  leave(): void
}

/** The run that is shown while it goes on, and afterwards when it failed. */
export const useRun = create<RunStore>((set, get) => {
  let stop = () => {}
  return {
    taskId: null,
    timeline: null,
    truth: null,
    cancelling: false,
    reading: false,
    watch(taskId) {
      if (get().taskId === taskId && get().truth === null) return
      stop()
      // A plan that brings Docker has steps of its own, which come as they come.
      const begin = beginTimeline(useDockerHelp.getState().planId === null ? APPLY_STEPS : [])
      set({ taskId, timeline: begin, truth: null, cancelling: false, reading: false })
      stop = watchTask(taskId, begin, {
        show(timeline) {
          set({ timeline, ...(timeline.end === null ? {} : { cancelling: false }) })
          // Led on only from the page itself: a profile may have been opened meanwhile.
          const here = useWizard.getState().page === 'run'
          if (timeline.end?.type === 'done' && here && !get().reading && !isDocker()) get().leave()
        },
        lost() {
          set({ timeline: null, truth: { step: 'looking' } })
          void get().lookBack()
        },
      })
    },
    async lookBack() {
      set({ truth: { step: 'looking' } })
      try {
        const [run = null] = await request('run.history', undefined)
        set({ truth: { step: 'known', run } })
      } catch (thrown) {
        set({ truth: { step: 'failed', error: errorOf(thrown) } })
      }
    },
    async cancel() {
      const { taskId } = get()
      if (taskId === null) return
      set({ cancelling: true })
      // False: it had ended a moment before, which its last event says as well.
      const stopping = await request('task.cancel', { taskId }).catch(() => false)
      if (!stopping) set({ cancelling: false })
    },
    async answer(questionId, answer) {
      const { taskId } = get()
      // An answer that came too late changes nothing; the question is gone with the next event.
      if (taskId !== null) await request('task.answer', { taskId, questionId, answer }).catch(() => false)
    },
    read: (reading) => set({ reading }),
    leave() {
      const end = get().timeline?.end
      if (end?.type !== 'done') return
      const result = applyResultSchema.safeParse(end.result)
      // Also after a reload, which forgets whose plan it was: the person's own would have brought the image.
      const wanted = useWizard.getState().profile.image
      if (isDocker() || !result.success || (wanted !== undefined && result.data.image === null)) {
        useDockerHelp.getState().setPlan(null)
        useWizard.getState().go('check-up')
        return
      }
      useDone.getState().show(result.data)
      useWizard.getState().finish(result.data.run)
    },
  }
})

const isDocker = (): boolean => useDockerHelp.getState().planId !== null
