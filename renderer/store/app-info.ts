import { create } from 'zustand'
import type { AppError } from '../../electron/contract/note.ts'
import type { AppInfo } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'

type AppInfoStore = {
  info: AppInfo | null
  /** Known before the rest; undefined: not yet. */
  root: AppInfo['root'] | undefined
  problem: AppError | null
  /** Asks main; what is known already is not asked again. */
  load(): Promise<void>
}

/** Facts about the program itself. They do not change while it runs. */
export const useAppInfo = create<AppInfoStore>((set, get) => ({
  info: null,
  root: undefined,
  problem: null,
  async load() {
    if (get().info !== null) return
    try {
      const info = await request('app.info', undefined)
      set({ info, root: info.root, problem: null })
    } catch (thrown) {
      set({ problem: errorOf(thrown) })
    }
  },
}))
