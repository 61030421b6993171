import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import type { PlanView } from '../../electron/contract/plan.ts'
import { applyResultSchema } from '../../electron/contract/run.ts'
import type { WhyAnswer, WhyContext } from '../../electron/contract/why.ts'
import { request } from '../api.ts'
import { type Errand, runErrand } from './done-errand.ts'
import { errorOf } from './run-error.ts'
import { useWizard } from './wizard.ts'

export type Looked<T> =
  | { step: 'idle' }
  | { step: 'looking' }
  | { step: 'seen'; seen: T }
  | { step: 'failed'; error: AppError }

/** Taking a layer away: the plan is looked at first; a run of its own can be given back at once. */
export type RemovalStep =
  | { step: 'none' }
  | { step: 'planning'; id: string }
  | { step: 'shown'; id: string; plan: PlanView }
  | { step: 'writing'; id: string; plan: PlanView }
  | { step: 'done'; run: string | null; undo: Errand }
  | { step: 'failed'; error: AppError }

type WhyStore = {
  /** All names that are known to matter, told from files. */
  all: Looked<readonly WhyAnswer[]>
  /** One name, where real terminals were asked as well. */
  details: Readonly<Record<string, Looked<WhyAnswer>>>
  removal: RemovalStep
  look(): Promise<void>
  open(name: string): Promise<void>
  plan(id: string): Promise<void>
  apply(): Promise<void>
  undo(): Promise<void>
  back(): void
}

/** What the environment page says about where values come from. */
export const useWhy = create<WhyStore>((set, get) => {
  const image = () => useWizard.getState().profile.image ?? null
  const detail = (name: string, looked: Looked<WhyAnswer>) => set({ details: { ...get().details, [name]: looked } })
  /** What was shown is old once something was changed. */
  const again = async () => {
    const names = Object.keys(get().details)
    await Promise.all([get().look(), ...names.map((name) => get().open(name))])
  }
  let turn = 0
  return {
    all: { step: 'idle' },
    details: {},
    removal: { step: 'none' },
    async look() {
      const before = get().all
      if (before.step === 'looking') return
      if (before.step !== 'seen') set({ all: { step: 'looking' } })
      try {
        set({ all: { step: 'seen', seen: await request('machine.why', { name: null, image: null }) } })
      } catch (thrown) {
        set({ all: { step: 'failed', error: errorOf(thrown) } })
      }
    },
    async open(name) {
      if (get().details[name]?.step !== 'seen') detail(name, { step: 'looking' })
      try {
        const [seen] = await request('machine.why', { name, image: image() })
        if (seen !== undefined) detail(name, { step: 'seen', seen })
      } catch (thrown) {
        detail(name, { step: 'failed', error: errorOf(thrown) })
      }
    },
    async plan(id) {
      const mine = ++turn
      set({ removal: { step: 'planning', id } })
      const removal = await request('why.remove', { id }).then(
        (plan): RemovalStep =>
          plan.changed ? { step: 'shown', id, plan } : { step: 'done', run: null, undo: { step: 'idle' } },
        (thrown: unknown): RemovalStep => ({ step: 'failed', error: errorOf(thrown) }),
      )
      if (mine === turn) set({ removal })
    },
    async apply() {
      const { removal } = get()
      if (removal.step !== 'shown') return
      const { id, plan } = removal
      set({ removal: { step: 'writing', id, plan } })
      await runErrand(
        async () => (await request('plan.apply', { planId: plan.id })).taskId,
        (errand) => {
          if (errand.step === 'failed') set({ removal: { step: 'failed', error: errand.error } })
          if (errand.step !== 'done') return
          const result = applyResultSchema.safeParse(errand.result)
          set({ removal: { step: 'done', run: result.success ? result.data.run : null, undo: { step: 'idle' } } })
          void again()
        },
      )
    },
    async undo() {
      const { removal } = get()
      if (removal.step !== 'done' || removal.run === null || removal.undo.step === 'running') return
      const { run } = removal
      await runErrand(
        async () => (await request('run.undo', { runId: run, onConflict: 'keep' })).taskId,
        (undo) => {
          set({ removal: { step: 'done', run, undo } })
          if (undo.step === 'done') void again()
        },
      )
    },
    back() {
      turn++
      set({ removal: { step: 'none' } })
    },
  }
})

/** The context that is shown first: a new terminal of the person's own shell, else this program. */
export function firstContext(contexts: readonly WhyContext[], shell: string | null): WhyContext | null {
  const terminal = contexts.find((one) => one.shell === shell && one.start === 'interactive')
  return terminal ?? contexts.find(({ kind }) => kind === 'here') ?? contexts[0] ?? null
}

/** Whether anybody but the tool itself says something about a variable. */
export const isSet = ({ layers }: WhyAnswer): boolean =>
  layers.some(({ kind }) => kind !== 'default' && kind !== 'goroot')
