import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import type { PlanView } from '../../electron/contract/plan.ts'
import type { DockerHelp } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { useDockerHelp } from './docker-help.ts'
import { useProject } from './project.ts'
import { errorOf } from './run-error.ts'
import { useWizard } from './wizard.ts'

export type DockerPlan = Extract<DockerHelp, { kind: 'plan' }>
/** What is looked at before it is done: the profile's plan, or the one that brings Docker. */
export type Shown = { kind: 'profile'; plan: PlanView } | { kind: 'docker'; plan: DockerPlan }
export type Review = { step: 'making' } | { step: 'ready'; shown: Shown } | { step: 'failed'; error: AppError }

type ReviewStore = {
  review: Review
  /** Between the click and the task's id. */
  starting: boolean
  /** Makes the plan anew: on entering the page and whenever the choices change. Only reads. */
  make(): Promise<void>
  /** Carries out what is shown. */
  start(): Promise<void>
  /** After a failed run: plans again; starts at once when that is what was looked at, else shows it. */
  retry(): Promise<void>
}

/** The plan that the review page shows. Main holds it; a plan is good for one run. */
export const useReview = create<ReviewStore>((set, get) => {
  // Of two plans that are being made the one that was asked for last counts.
  let turn = 0
  let looked: string | null = null
  const apply = async ({ plan }: Shown) => {
    const planId = 'planId' in plan ? plan.planId : plan.id
    const { taskId } = await request('plan.apply', { planId })
    useWizard.getState().follow(taskId)
  }
  const guarded = async (work: () => Promise<void>) => {
    if (get().starting) return
    set({ starting: true })
    try {
      await work()
    } catch (thrown) {
      set({ review: { step: 'failed', error: errorOf(thrown) } })
      useWizard.getState().go('review')
    } finally {
      set({ starting: false })
    }
  }
  return {
    review: { step: 'making' },
    starting: false,
    async make() {
      const mine = ++turn
      set({ review: { step: 'making' } })
      const review: Review = await plan().then(
        (shown): Review => ({ step: 'ready', shown }),
        (thrown: unknown): Review => ({ step: 'failed', error: errorOf(thrown) }),
      )
      if (mine !== turn) return
      if (review.step === 'ready') looked = essence(review.shown)
      set({ review })
    },
    start: () =>
      guarded(async () => {
        const { review } = get()
        if (review.step === 'ready') await apply(review.shown)
      }),
    retry: () =>
      guarded(async () => {
        const shown = await plan()
        if (essence(shown) === looked) return apply(shown)
        useWizard.getState().go('review')
      }),
  }
})

async function plan(): Promise<Shown> {
  if (useDockerHelp.getState().planId !== null) {
    // Asked again: main makes the plan new, and a plan is good for one run only.
    const help = await request('docker.help', undefined)
    if (help.kind === 'plan') return { kind: 'docker', plan: help }
    useDockerHelp.getState().setPlan(null)
  }
  const { profile, opened } = useWizard.getState()
  const project = useProject.getState().project?.id ?? null
  return { kind: 'profile', plan: await request('plan.make', { profile, project, opened: opened?.name ?? null }) }
}

/** What a plan would do, without its passing name and what was measured on the way. */
function essence(shown: Shown): string {
  if (shown.kind === 'docker') return JSON.stringify([shown.plan.steps, shown.plan.commands])
  return JSON.stringify(shown.plan.changes)
}
