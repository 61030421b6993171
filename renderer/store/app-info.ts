import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import type { AppInfo } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'

type AppInfoStore = {
  info: AppInfo | null
  problem: AppError | null
  /** Asks main; what is known already is not asked again. */
  load(): Promise<void>
}

/** Facts about the program itself. They do not change while it runs. */
export const useAppInfo = create<AppInfoStore>((set, get) => ({
  info: null,
  problem: null,
  async load() {
    if (get().info !== null) return
    try {
      set({ info: await request('app.info', undefined), problem: null })
    } catch (thrown) {
      set({ problem: errorOf(thrown) })
    }
  },
}))
