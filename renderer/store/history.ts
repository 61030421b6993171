import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import { type RunSummary, type RunView, type UndoResult, undoResultSchema } from '../../electron/contract/run.ts'
import { request } from '../api.ts'
import { type Errand, runErrand } from './done-errand.ts'
import { useDoctor } from './doctor.ts'
import { useDone } from './done.ts'
import { errorOf } from './run-error.ts'
import { useWizard } from './wizard.ts'

type HistoryStore = {
  /** Newest first; null: not read yet. */
  runs: readonly RunSummary[] | null
  problem: AppError | null
  /** The run that is unfolded. */
  open: string | null
  view: RunView | null
  /** Why it cannot be shown. */
  trouble: AppError | null
  undo: Errand
  undone: UndoResult | null
  load(): Promise<void>
  /** Unfolds one run; null, or the one that is open, folds it. */
  show(id: string | null): Promise<void>
  /** Gives the unfolded run back; edited files are asked about. */
  startUndo(): Promise<void>
}

const IDLE: Errand = { step: 'idle' }
const FOLDED = { view: null, trouble: null, undo: IDLE, undone: null }

/** The runs so far, and the one that is looked at. */
export const useHistory = create<HistoryStore>((set, get) => {
  const look = async (id: string): Promise<void> => {
    try {
      const view = await request('run.show', { runId: id })
      if (get().open === id) set({ view, trouble: null })
    } catch (thrown) {
      if (get().open === id) set({ view: null, trouble: errorOf(thrown) })
    }
  }
  return {
    runs: null,
    problem: null,
    open: null,
    ...FOLDED,
    async load() {
      try {
        set({ runs: await request('run.history', undefined), problem: null })
      } catch (thrown) {
        set({ problem: errorOf(thrown) })
      }
    },
    async show(id) {
      // A question may wait for its answer there.
      if (get().undo.step === 'running') return
      const open = id === get().open ? null : id
      set({ open, ...FOLDED })
      if (open !== null) await look(open)
    },
    async startUndo() {
      const { open } = get()
      if (open === null) return
      await runErrand(
        async () => (await request('run.undo', { runId: open, onConflict: 'ask' })).taskId,
        (undo) => {
          const result = undo.step === 'done' ? undoResultSchema.safeParse(undo.result) : null
          set({ undo, undone: result?.success ? result.data : null })
          if (undo.step !== 'done' && undo.step !== 'failed') return
          void get().load()
          void look(open)
          // What the check-up said is old; the page may lie right under this dialog.
          if (useDoctor.getState().doctor.step === 'seen') void useDoctor.getState().look()
          if (undo.step === 'done' && useWizard.getState().runId === open) {
            // The last page must not speak of the run as if it stood.
            useDone.getState().show(null)
            void useDone.getState().look(open)
          }
        },
      )
    },
  }
})
