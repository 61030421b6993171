import { create } from 'zustand'
import type { Machine } from '../../electron/contract/machine.ts'
import type { AppError } from '../../electron/contract/note.ts'
import { RequestError, request } from '../api.ts'

export type CheckUp = { step: 'looking' } | { step: 'seen'; machine: Machine } | { step: 'failed'; error: AppError }

type CheckUpStore = { checkUp: CheckUp; look(): Promise<void> }

/** What the program found on this machine. */
export const useCheckUp = create<CheckUpStore>((set) => ({
  checkUp: { step: 'looking' },
  async look() {
    set({ checkUp: { step: 'looking' } })
    try {
      set({ checkUp: { step: 'seen', machine: await request('machine.detect', undefined) } })
    } catch (error) {
      const known = error instanceof RequestError ? error.error : { code: 'internal' as const, cause: String(error) }
      set({ checkUp: { step: 'failed', error: known } })
    }
  },
}))
