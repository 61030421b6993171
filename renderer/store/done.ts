import { create } from 'zustand'
import { verificationSchema } from '../../electron/contract/image.ts'
import type { AppError } from '../../electron/contract/note.ts'
import {
  type ApplyResult,
  applyResultSchema,
  type RunStatus,
  type RunSummary,
  type UndoResult,
  undoResultSchema,
} from '../../electron/contract/run.ts'
import type { TaskView } from '../../electron/contract/task.ts'
import { programResultSchema } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { type Errand, runErrand } from './done-errand.ts'
import { errorOf } from './run-error.ts'
import { useWizard } from './wizard.ts'

/** A small thing that main does at once; `ok` says where it went, if that is known. */
export type Small = { step: 'idle' | 'busy' } | { step: 'ok'; where: string } | { step: 'failed'; error: AppError }
export type Program = { folder: string; output: string }

type DoneStore = {
  /** What the run answered, while main still knows it. */
  result: ApplyResult | null
  /** What the records say of the run that undo would give back. null: there is none. */
  summary: RunSummary | null
  /** How the newest run stands. */
  latest: RunStatus | null
  looked: boolean
  problem: AppError | null
  /** What an undo gave back. */
  undone: UndoResult | null
  undo: Errand
  program: Errand
  proof: Errand
  terminal: Small
  exported: Small
  show(result: ApplyResult | null): void
  /** Finds out what there is to say after a reload or a new start. */
  look(runId: string | null): Promise<void>
  startUndo(): Promise<void>
  startProgram(image: string): Promise<void>
  /** Asks the image once more for its version. */
  prove(image: string): Promise<void>
  openTerminal(image: string | null): Promise<void>
  exportProfile(): Promise<void>
}

const IDLE = { step: 'idle' } as const
const FRESH = {
  result: null,
  summary: null,
  latest: null,
  looked: false,
  problem: null,
  undone: null,
  undo: IDLE,
  program: IDLE,
  proof: IDLE,
  terminal: IDLE,
  exported: IDLE,
}

/** What the last page talks of. */
export const useDone = create<DoneStore>((set, get) => {
  const undoing = (begin: () => Promise<string>) =>
    runErrand(begin, (undo) => {
      const result = undo.step === 'done' ? undoResultSchema.safeParse(undo.result) : null
      if (!result?.success) return set({ undo })
      set({ undo, undone: result.data, summary: null })
      // The run is gone; a window that is opened again must not speak of it as if it stood.
      useWizard.getState().finish(null)
    })
  return {
    ...FRESH,
    show: (result) => set({ ...FRESH, result }),
    async look(runId) {
      try {
        const [history, tasks] = await Promise.all([request('run.history', undefined), request('task.list', undefined)])
        const summary =
          runId === null
            ? (history.find(({ status, changed }) => changed && status === 'applied') ?? null)
            : (history.find(({ id, status }) => id === runId && status === 'applied') ?? null)
        const latest = history[0]?.status ?? null
        set({ looked: true, problem: null, summary, latest, result: get().result ?? resultOf(tasks, runId) })
        // A window that was reloaded in the middle of giving back.
        const running = tasks.find(({ kind, state }) => kind === 'undo' && state === 'running')
        if (running && get().undo.step === 'idle') await undoing(() => Promise.resolve(running.id))
      } catch (thrown) {
        set({ looked: true, problem: errorOf(thrown) })
      }
    },
    async startUndo() {
      const { summary } = get()
      if (summary === null) return
      await undoing(async () => (await request('run.undo', { runId: summary.id, onConflict: 'ask' })).taskId)
    },
    startProgram: (image) =>
      runErrand(
        async () => (await request('program.first', { image })).taskId,
        (program) => set({ program }),
      ),
    prove: (image) =>
      runErrand(
        async () => (await request('image.verify', { image })).taskId,
        (proof) => set({ proof }),
      ),
    async openTerminal(image) {
      set({ terminal: { step: 'busy' } })
      const terminal = await request('terminal.open', { image }).then(
        (opened): Small =>
          opened
            ? { step: 'ok', where: '' }
            : { step: 'failed', error: { code: 'no-terminal', values: { option: '' } } },
        (thrown: unknown): Small => ({ step: 'failed', error: errorOf(thrown) }),
      )
      set({ terminal })
    },
    async exportProfile() {
      set({ exported: { step: 'busy' } })
      const exported = await request('profile.export', { profile: useWizard.getState().profile }).then(
        (where): Small => (where === null ? IDLE : { step: 'ok', where }),
        (thrown: unknown): Small => ({ step: 'failed', error: errorOf(thrown) }),
      )
      set({ exported })
    },
  }
})

/** The answer of a run's task that main still knows. `runId` null: of the newest one, which had nothing to change. */
function resultOf(tasks: readonly TaskView[], runId: string | null): ApplyResult | null {
  for (const { kind, events } of tasks.toReversed()) {
    const end = events.at(-1)
    if (kind !== 'apply' || end?.type !== 'done') continue
    const result = applyResultSchema.safeParse(end.result)
    if (result.success && result.data.run === runId) return result.data
  }
  return null
}

/** `go version` as an errand brought it, or null. */
export const proofOf = (errand: Errand) => {
  const parsed = errand.step === 'done' ? verificationSchema.safeParse(errand.result) : null
  return parsed?.success ? parsed.data : null
}

/** What the first program said, or null. */
export function programOf(errand: Errand): Program | null {
  const parsed = errand.step === 'done' ? programResultSchema.safeParse(errand.result) : null
  return parsed?.success ? parsed.data : null
}
