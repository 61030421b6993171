import type { Setting } from '../../core/setting.ts'
import { choosePip, type PipChoice, planPip } from './choose.ts'
import { detectPip, type PipState } from './detect.ts'
import { verifyPip } from './verify.ts'

/** The index that pip takes packages from, in the user's pip.conf. */
export const pipSetting: Setting<PipState, PipChoice> = {
  id: 'pip',
  detect: detectPip,
  choose: choosePip,
  plan: planPip,
  verify: verifyPip,
}
