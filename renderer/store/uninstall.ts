import { create } from 'zustand'
import { type UninstallResult, uninstallResultSchema } from '../../electron/contract/run.ts'
import { request } from '../api.ts'
import { type Errand, runErrand } from './done-errand.ts'
import { beginAnew } from './removal.ts'

type UninstallStore = {
  /** How many runs stand. */
  standing: number
  errand: Errand
  result: UninstallResult | null
  look(): Promise<void>
  start(): Promise<void>
}

/** Giving everything back and removing what is kept. */
export const useUninstall = create<UninstallStore>((set) => ({
  standing: 0,
  errand: { step: 'idle' },
  result: null,
  async look() {
    const runs = await request('run.history', undefined).catch(() => [])
    set({ standing: runs.filter(({ status }) => status === 'applied' || status === 'interrupted').length })
  },
  start: () =>
    runErrand(
      async () => (await request('app.uninstall', { onConflict: 'ask' })).taskId,
      (errand) => {
        const parsed = errand.step === 'done' ? uninstallResultSchema.safeParse(errand.result) : null
        set({ errand, result: parsed?.success ? parsed.data : null })
        if (parsed?.success) void beginAnew()
      },
    ),
}))
