import { create } from 'zustand'
import type { Profile } from '../../electron/contract/profile.ts'
import { asksFirst } from '../../electron/contract/profile-summary.ts'
import { type Draft, type OpenedProfile, PAGES, type Page } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { keepLocked } from './keep-locked.ts'

/** What a newcomer gets who never changes anything: the recommended image, sources settled by reachability. */
export const FIRST_PROFILE: Profile = { version: 1, image: 'newest', sources: { go: 'auto', docker: 'auto' } }

const FIRST: Draft = { page: 'check-up', profile: FIRST_PROFILE, opened: null, taskId: null, runId: null }

type WizardStore = Draft & {
  /** False until the draft of the last start has been read. */
  ready: boolean
  /** Grows whenever all choices are replaced at once; what was typed for the earlier ones is void then. */
  turn: number
  /** A profile that waits for the person's word; nothing of it is taken over. */
  asked: OpenedProfile | null
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
  /** Takes a profile's values over, or asks first (`asked`) where it wants what only somebody known should get. */
  open(opened: OpenedProfile): void
  /** The answer to what was asked. */
  answer(yes: boolean): void
  /** A run was started: its task, and the page that shows it. */
  follow(taskId: string): void
  /** A run ended well (or was undone: null). */
  finish(runId: string | null): void
  /** Begins anew. What a teacher locked stays, and so does the profile that locks it. */
  reset(): void
  /** Lets go of the opened profile with all that it holds. */
  leave(): void
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
  const take = ({ name, profile, locked, remark, signature }: OpenedProfile) => {
    set({ turn: get().turn + 1 })
    keep({ profile, opened: { name, locked, remark, ...(signature && { signature }) }, page: 'review' })
  }
  return {
    ...FIRST,
    ready: false,
    turn: 0,
    asked: null,
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
    edit(change) {
      const { profile, opened } = get()
      keep({ profile: keepLocked(profile, change(profile), opened?.locked ?? []) })
    },
    open(asked) {
      // Nobody has to be asked twice for what the administrator has put a name to.
      if (asksFirst(asked.profile) && asked.signature?.state !== 'known') return set({ asked })
      take(asked)
    },
    answer(yes) {
      const { asked } = get()
      set({ asked: null })
      if (yes && asked !== null) take(asked)
    },
    follow: (taskId) => keep({ taskId, page: 'run' }),
    finish: (runId) => keep({ runId, taskId: null, page: 'done' }),
    reset() {
      const { profile, opened } = get()
      set({ turn: get().turn + 1 })
      if (opened === null || opened.locked.length === 0) return keep(FIRST)
      keep({ ...FIRST, opened, profile: keepLocked(profile, FIRST_PROFILE, [...opened.locked, 'locked', 'remark']) })
    },
    leave() {
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
