import type { AppError } from '../../electron/contract/note.ts'
import type { PlanView } from '../../electron/contract/plan.ts'
import { applyResultSchema } from '../../electron/contract/run.ts'
import { request } from '../api.ts'
import { type Errand, runErrand } from './done-errand.ts'
import { errorOf } from './run-error.ts'
import type { Timeline } from './run-timeline.ts'

/** A plan that is looked at before it is carried out; its run can be given back at once. */
export type Mend =
  | { step: 'none' }
  | { step: 'planning'; id: string }
  | { step: 'shown'; id: string; plan: PlanView }
  | { step: 'writing'; id: string; plan: PlanView; timeline: Timeline | null }
  /** `run` null: there was nothing to change. */
  | { step: 'done'; run: string | null; undo: Errand }
  | { step: 'failed'; error: AppError }

export type Mending = {
  /** Makes the plan and shows it. `id` names what was asked for. */
  plan(id: string, make: () => Promise<PlanView>): Promise<void>
  apply(): Promise<void>
  undo(): Promise<void>
  back(): void
}

/** `again` looks once more at what was shown: it is old once something was changed. */
export function openMending(get: () => Mend, show: (mend: Mend) => void, again: () => Promise<void>): Mending {
  let turn = 0
  return {
    async plan(id, make) {
      const mine = ++turn
      show({ step: 'planning', id })
      const mend = await make().then(
        (plan): Mend =>
          plan.changed ? { step: 'shown', id, plan } : { step: 'done', run: null, undo: { step: 'idle' } },
        (thrown: unknown): Mend => ({ step: 'failed', error: errorOf(thrown) }),
      )
      if (mine === turn) show(mend)
    },
    async apply() {
      const mend = get()
      if (mend.step !== 'shown') return
      const { id, plan } = mend
      show({ step: 'writing', id, plan, timeline: null })
      await runErrand(
        async () => (await request('plan.apply', { planId: plan.id })).taskId,
        (errand) => {
          if (errand.step === 'running') show({ step: 'writing', id, plan, timeline: errand.timeline })
          if (errand.step === 'failed') show({ step: 'failed', error: errand.error })
          if (errand.step !== 'done') return
          const result = applyResultSchema.safeParse(errand.result)
          show({ step: 'done', run: result.success ? result.data.run : null, undo: { step: 'idle' } })
          void again()
        },
      )
    },
    async undo() {
      const mend = get()
      if (mend.step !== 'done' || mend.run === null || mend.undo.step === 'running') return
      const { run } = mend
      await runErrand(
        async () => (await request('run.undo', { runId: run, onConflict: 'keep' })).taskId,
        (undo) => {
          show({ step: 'done', run, undo })
          if (undo.step === 'done') void again()
        },
      )
    },
    back() {
      turn++
      show({ step: 'none' })
    },
  }
}
