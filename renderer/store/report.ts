import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'

type ReportStore = {
  opened: boolean
  /** null: it is still being made. */
  markdown: string | null
  /** Where it was saved. */
  saved: string | null
  saving: boolean
  error: AppError | null
  open(): Promise<void>
  save(): Promise<void>
  close(): void
}

/** The redacted report of this machine, to copy or save. */
export const useReport = create<ReportStore>((set, get) => {
  let turn = 0
  return {
    opened: false,
    markdown: null,
    saved: null,
    saving: false,
    error: null,
    async open() {
      const mine = ++turn
      set({ opened: true, markdown: null, saved: null, error: null })
      try {
        const { markdown } = await request('doctor.report', undefined)
        if (mine === turn) set({ markdown })
      } catch (thrown) {
        if (mine === turn) set({ error: errorOf(thrown) })
      }
    },
    async save() {
      if (get().saving) return
      set({ saving: true, saved: null, error: null })
      try {
        set({ saved: await request('doctor.saveReport', undefined) })
      } catch (thrown) {
        set({ error: errorOf(thrown) })
      }
      set({ saving: false })
    },
    close() {
      turn++
      set({ opened: false })
    },
  }
})
