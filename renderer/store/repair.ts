import { create } from 'zustand'
import type { CheckUp, RepairView } from '../../electron/contract/doctor.ts'
import { request } from '../api.ts'
import { useDoctor } from './doctor.ts'
import { type Outcome, outcomeOf } from './doctor-view.ts'
import { useExplain } from './explain.ts'
import { type Mend, type Mending, openMending } from './mend.ts'

type RepairStore = Pick<Mending, 'apply' | 'undo' | 'back'> & {
  mend: Mend
  /** What was asked for. */
  asked: readonly RepairView[]
  /** What of it contradicts the rest and comes afterwards. */
  later: readonly RepairView[]
  /** null: the checks have not run again yet. */
  outcome: Outcome | null
  plan(repairs: readonly RepairView[]): Promise<void>
}

const seen = (): CheckUp | null => {
  const { doctor } = useDoctor.getState()
  return doctor.step === 'seen' ? doctor.checkUp : useExplain.getState().checkUp
}

/** Repairs: their plan as a diff, the run, and what the checks say afterwards. */
export const useRepair = create<RepairStore>((set, get) => {
  let before: CheckUp | null = null
  const again = async () => {
    set({ outcome: null })
    const doctor = useDoctor.getState()
    await Promise.all([doctor.doctor.step === 'seen' ? doctor.look() : null, useExplain.getState().again()])
    const after = seen()
    if (before !== null && after !== null)
      set({
        outcome: outcomeOf(
          before,
          after,
          get().asked.map(({ id }) => id),
        ),
      })
  }
  const { plan, apply, undo, back } = openMending(
    () => get().mend,
    (mend) => set({ mend }),
    again,
  )
  return {
    mend: { step: 'none' },
    asked: [],
    later: [],
    outcome: null,
    async plan(repairs) {
      before = seen()
      set({ asked: repairs, later: [], outcome: null })
      const ids = repairs.map(({ id }) => id)
      await plan(ids.join(' '), async () => {
        const made = await request('doctor.plan', { ids })
        set({ later: repairs.filter(({ id }) => made.later.includes(id)) })
        return made.plan
      })
    },
    apply,
    undo,
    back,
  }
})
