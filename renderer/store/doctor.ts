import { create } from 'zustand'
import { type CheckName, type CheckUp, type CheckView, checkUpSchema } from '../../electron/contract/doctor.ts'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { runToEnd } from './done-errand.ts'
import { withChecks, withMuted } from './doctor-view.ts'
import { opinionOf, useLamps } from './lamps.ts'
import { errorOf } from './run-error.ts'

/** Milliseconds for which a check-up is of this moment. */
const FRESH = 5000

export type Doctor =
  | { step: 'idle' }
  /** `names`: the checks that run, in their order; `checks`: those that have ended. */
  | { step: 'looking'; names: readonly CheckName[]; checks: readonly CheckView[] }
  | { step: 'seen'; checkUp: CheckUp }
  | { step: 'failed'; error: AppError }

type DoctorStore = {
  doctor: Doctor
  /** Whether the page is the doctor's: a run stands, or somebody asked for it. null: not known yet. */
  shown: boolean | null
  /** Everything is looked at once more; what is on the screen stays meanwhile. */
  again: boolean
  /** Checks that run once more for themselves. */
  rechecking: readonly string[]
  /** When the last whole look ended, in milliseconds of `performance.now`. */
  lookedAt: number
  /** Finds out whether the page is the doctor's; if it is, looks, unless that was done a moment ago. */
  begin(): Promise<void>
  /** Somebody wants the doctor's page. */
  open(): Promise<void>
  /** Runs all checks; a look that is under way is called off. */
  look(): Promise<void>
  /** Runs some checks once more and puts what they say in the place of what they said. */
  recheck(ids: readonly string[]): Promise<void>
  /** Puts what some checks have found a moment later in the place of what they said. */
  merge(checks: readonly CheckView[]): void
  /** A finding does not count any more, or again: main knows it already. */
  mute(id: string, muted: boolean): void
}

/** What the checks say about this machine. */
export const useDoctor = create<DoctorStore>((set, get) => {
  let running: string | null = null
  let turn = 0
  const show = (checkUp: CheckUp) => {
    set({ doctor: { step: 'seen', checkUp } })
    useLamps.getState().show({ opinion: opinionOf(checkUp) })
  }
  return {
    doctor: { step: 'idle' },
    shown: null,
    again: false,
    rechecking: [],
    lookedAt: Number.NEGATIVE_INFINITY,
    async begin() {
      if (get().shown !== true) {
        const runs = await request('run.history', undefined).catch(() => [])
        // Asked for in the meantime.
        if (get().shown !== true) set({ shown: runs.some(({ status }) => status === 'applied') })
      }
      const { shown, doctor, again, lookedAt, look } = get()
      if (!shown || doctor.step === 'looking' || again || performance.now() - lookedAt < FRESH) return
      await look()
    },
    async open() {
      set({ shown: true })
      await get().begin()
    },
    async look() {
      const mine = ++turn
      if (running !== null) request('task.cancel', { taskId: running }).catch(() => {})
      running = null
      const quiet = get().doctor.step === 'seen'
      if (quiet) set({ again: true })
      else set({ doctor: { step: 'looking', names: [], checks: [] } })
      let names: readonly CheckName[] = []
      const begin = async () => {
        const { taskId, checks } = await request('doctor.check', { only: null })
        names = checks
        if (mine === turn) running = taskId
        return taskId
      }
      const end = await runToEnd(begin, (errand) => {
        if (mine !== turn || errand.step !== 'running' || get().doctor.step !== 'looking') return
        set({ doctor: { step: 'looking', names, checks: errand.timeline.checks } })
      })
      if (mine !== turn) return
      running = null
      set({ again: false, lookedAt: performance.now() })
      try {
        if (end.step === 'failed') set({ doctor: { step: 'failed', error: end.error } })
        else show(checkUpSchema.parse(end.result))
      } catch (thrown) {
        set({ doctor: { step: 'failed', error: errorOf(thrown) } })
      }
    },
    async recheck(ids) {
      set({ rechecking: [...get().rechecking, ...ids] })
      const checkUp = await checkOnly(ids).catch(() => null)
      set({ rechecking: get().rechecking.filter((id) => !ids.includes(id)) })
      if (checkUp !== null) get().merge(checkUp.checks)
    },
    merge(checks) {
      const { doctor } = get()
      if (doctor.step === 'seen') show(withChecks(doctor.checkUp, checks))
    },
    mute(id, muted) {
      const { doctor } = get()
      if (doctor.step === 'seen') show(withMuted(doctor.checkUp, id, muted))
    },
  }
})

/** Some checks alone. Throws what they end with. */
export async function checkOnly(ids: readonly string[]): Promise<CheckUp> {
  const begin = async () => (await request('doctor.check', { only: [...ids] })).taskId
  const end = await runToEnd(begin, () => {})
  if (end.step === 'failed') throw new Error(end.error.code)
  return checkUpSchema.parse(end.result)
}
