import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import type { WhyAnswer, WhyContext } from '../../electron/contract/why.ts'
import { request } from '../api.ts'
import { type Mend, type Mending, openMending } from './mend.ts'
import { errorOf } from './run-error.ts'
import { useWizard } from './wizard.ts'

export type Looked<T> =
  | { step: 'idle' }
  | { step: 'looking' }
  | { step: 'seen'; seen: T }
  | { step: 'failed'; error: AppError }

type WhyStore = Pick<Mending, 'apply' | 'undo' | 'back'> & {
  /** All names that are known to matter, told from files. */
  all: Looked<readonly WhyAnswer[]>
  /** One name, where real terminals were asked as well. */
  details: Readonly<Record<string, Looked<WhyAnswer>>>
  /** Taking a layer away. */
  removal: Mend
  look(): Promise<void>
  open(name: string): Promise<void>
  plan(id: string): Promise<void>
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
  const { plan, apply, undo, back } = openMending(
    () => get().removal,
    (removal) => set({ removal }),
    again,
  )
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
    plan: (id) => plan(id, () => request('why.remove', { id })),
    apply,
    undo,
    back,
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
