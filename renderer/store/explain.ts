import { create } from 'zustand'
import type { CheckUp } from '../../electron/contract/doctor.ts'
import type { Explained } from '../../electron/contract/explain.ts'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { checkOnly, useDoctor } from './doctor.ts'
import { withMuted } from './doctor-view.ts'
import { errorOf } from './run-error.ts'

type ExplainStore = {
  /** Whether the panel is unfolded. */
  unfolded: boolean
  text: string
  step: 'idle' | 'reading' | 'checking' | 'explained'
  /** null: nothing was read yet. */
  explained: readonly Explained[] | null
  /** What the checks say that fit; null: none fits, or they still run. */
  checkUp: CheckUp | null
  error: AppError | null
  fold(unfolded: boolean): void
  write(text: string): void
  /** Explains what was written, then runs the checks that fit. */
  explain(): Promise<void>
  /** Runs those checks once more. */
  again(): Promise<void>
  /** See the store of the whole check-up. */
  mute(id: string, muted: boolean): void
}

/** What a pasted or dropped error text means. */
export const useExplain = create<ExplainStore>((set, get) => {
  let turn = 0
  const fitting = () => [...new Set(get().explained?.flatMap(({ checks }) => checks) ?? [])]
  const check = async (mine: number) => {
    const checkUp = await checkOnly(fitting()).catch(() => null)
    if (mine !== turn) return
    set({ checkUp, step: 'explained' })
    if (checkUp !== null) useDoctor.getState().merge(checkUp.checks)
  }
  return {
    unfolded: false,
    text: '',
    step: 'idle',
    explained: null,
    checkUp: null,
    error: null,
    fold: (unfolded) => set({ unfolded }),
    write: (text) => set({ text }),
    async explain() {
      const mine = ++turn
      set({ step: 'reading', explained: null, checkUp: null, error: null })
      try {
        const explained = await request('doctor.explain', { text: get().text })
        if (mine !== turn) return
        set({ explained })
        if (fitting().length === 0) return set({ step: 'explained' })
        set({ step: 'checking' })
        await check(mine)
      } catch (thrown) {
        if (mine === turn) set({ step: 'idle', error: errorOf(thrown) })
      }
    },
    async again() {
      if (get().step === 'explained' && fitting().length > 0) await check(++turn)
    },
    mute(id, muted) {
      const { checkUp } = get()
      if (checkUp !== null) set({ checkUp: withMuted(checkUp, id, muted) })
    },
  }
})
