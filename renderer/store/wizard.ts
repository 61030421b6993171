import { create } from 'zustand'
import type { Profile } from '../../electron/contract/profile.ts'
import { type Draft, type OpenedProfile, PAGES, type Page } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'

/** What a newcomer gets who never changes anything: the recommended image, sources settled by reachability. */
export const FIRST_PROFILE: Profile = { version: 1, image: 'newest', sources: { go: 'auto', docker: 'auto' } }

const FIRST: Draft = { page: 'check-up', profile: FIRST_PROFILE, opened: null, taskId: null, runId: null }

type WizardStore = Draft & {
  /** False until the draft of the last start has been read. */
  ready: boolean
  /** Grows whenever all choices are replaced at once; what was typed for the earlier ones is void then. */
  turn: number
  /**
   * Asks main what is kept. `fresh`: main has said that there is nothing; `started`: the program was, not only its
   * page. A later start begins with the check-up, where the last one had come to its end.
   */
  load(fresh?: boolean, started?: boolean): Promise<void>
  go(page: Page): void
  /** One page on or back; the run page is reached only by starting a run. */
  next(): void
  back(): void
  /** Changes the choices. Fields that a teacher locked stay as they are: see `isLocked`. */
  edit(change: (profile: Profile) => Profile): void
  open(opened: OpenedProfile): void
  /** A run was started: its task, and the page that shows it. */
  follow(taskId: string): void
  /** A run ended well (or was undone: null). */
  finish(runId: string | null): void
  reset(): void
}

/** Where the person is and what is chosen. Every change is kept by main, so that a killed window comes back to it. */
export const useWizard = create<WizardStore>((set, get) => {
  const keep = (change: Partial<Draft>) => {
    set(change)
    const { page, profile, opened, taskId, runId } = get()
    // A draft that can't be kept is no reason to stop somebody who is choosing.
    request('draft.save', { page, profile, opened, taskId, runId }).catch(() => {})
  }
  const move = (by: 1 | -1) => {
    const to = PAGES[PAGES.indexOf(get().page) + by]
    if (to !== undefined) keep({ page: to })
  }
  return {
    ...FIRST,
    ready: false,
    turn: 0,
    async load(fresh = false, started = false) {
      if (fresh) return set({ ...FIRST, ready: true })
      const draft = await request('draft.load', undefined).catch(() => null)
      const kept = draft ?? FIRST
      set({ ...kept, ready: true })
      // Kept as well: a page that is loaded anew stays where it is.
      if (started && kept.page === 'done') keep({ page: 'check-up' })
    },
    go: (page) => keep({ page }),
    next: () => move(1),
    back: () => move(-1),
    edit: (change) => keep({ profile: change(get().profile) }),
    open({ name, profile, locked, remark }) {
      set({ turn: get().turn + 1 })
      keep({ profile, opened: { name, locked, remark }, page: 'review' })
    },
    follow: (taskId) => keep({ taskId, page: 'run' }),
    finish: (runId) => keep({ runId, taskId: null, page: 'done' }),
    reset() {
      set({ turn: get().turn + 1 })
      keep(FIRST)
    },
  }
})

/** Whether a page is one on which something may be going on that was begun before this window was loaded. */
export const mayRun = (page: Page): boolean => page === 'run' || page === 'done'

/** Whether a teacher's profile closed a field (`sources.docker`), or all of its group (`sources`). */
export function isLocked(locked: readonly string[], field: string): boolean {
  return locked.some((name) => field === name || field.startsWith(`${name}.`))
}
