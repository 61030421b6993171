import { create } from 'zustand'
import type { AppError, Finding } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'
import { useSources } from './sources.ts'

type Step =
  | { step: 'idle' | 'busy' }
  /** What came of it, a refusal included: then the catalogue in use stays. */
  | { step: 'said'; finding: Finding }
  | { step: 'failed'; error: AppError }

type RenewalStore = {
  renewal: Step
  /** Fetches a newer catalogue from the kept address; the sources follow it at once. */
  renew(): Promise<void>
  forget(): void
}

/** The renewal of the catalogue, which nothing but a click starts. */
export const useRenewal = create<RenewalStore>((set, get) => ({
  renewal: { step: 'idle' },
  async renew() {
    if (get().renewal.step === 'busy') return
    set({ renewal: { step: 'busy' } })
    try {
      const finding = await request('mirror.refresh', undefined)
      if (finding.severity === 'ok') await useSources.getState().reload()
      set({ renewal: { step: 'said', finding } })
    } catch (error) {
      set({ renewal: { step: 'failed', error: errorOf(error) } })
    }
  },
  forget() {
    if (get().renewal.step !== 'busy') set({ renewal: { step: 'idle' } })
  },
}))
