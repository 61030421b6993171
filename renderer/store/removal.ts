import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { useDone } from './done.ts'
import { usePreferences } from './preferences.ts'
import { errorOf } from './run-error.ts'
import { FIRST_PROFILE, useWizard } from './wizard.ts'

export type Removal = { step: 'idle' | 'busy' | 'removed' | 'would-lose-undo' } | { step: 'failed'; error: AppError }

type RemovalStore = {
  removal: Removal
  /** `evenUndo`: also while there is something that undo could give back. */
  remove(evenUndo: boolean): Promise<void>
  forget(): void
}

/** The wizard as at its first start. Without `reset`, which would write a draft again. */
export async function beginAnew(): Promise<void> {
  useWizard.setState(({ turn }) => ({
    page: 'check-up',
    profile: FIRST_PROFILE,
    opened: null,
    taskId: null,
    runId: null,
    turn: turn + 1,
  }))
  useDone.getState().show(null)
  await usePreferences.getState().load()
}

/** Removing all that the program keeps. */
export const useRemoval = create<RemovalStore>((set) => ({
  removal: { step: 'idle' },
  async remove(evenUndo) {
    set({ removal: { step: 'busy' } })
    try {
      const removed = await request('app.removeState', { evenUndo })
      if (!removed) return set({ removal: { step: 'would-lose-undo' } })
      set({ removal: { step: 'removed' } })
      await beginAnew()
    } catch (thrown) {
      set({ removal: { step: 'failed', error: errorOf(thrown) } })
    }
  },
  forget: () => set({ removal: { step: 'idle' } }),
}))
