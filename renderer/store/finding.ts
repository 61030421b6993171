import type { FoundView } from '../../electron/contract/doctor.ts'
import { request } from '../api.ts'
import { useDoctor } from './doctor.ts'
import { checkOf } from './doctor-view.ts'
import { useExplain } from './explain.ts'

/** Runs the check once more that tells of a finding, for every place that shows it. */
export async function recheckFound(found: FoundView): Promise<void> {
  const [{ doctor, recheck }, { checkUp, again }] = [useDoctor.getState(), useExplain.getState()]
  const id = doctor.step === 'seen' ? checkOf(doctor.checkUp, found) : null
  const explained = checkUp !== null && checkOf(checkUp, found) !== null
  await Promise.all([id === null ? null : recheck([id]), explained ? again() : null])
}

/** Lets a finding count no more, or again, for every place that shows it. Throws what the request throws. */
export async function muteFound({ id }: FoundView, muted: boolean): Promise<void> {
  await request('doctor.mute', { id, muted })
  useDoctor.getState().mute(id, muted)
  useExplain.getState().mute(id, muted)
}
