import type { Setting } from '../../core/setting.ts'
import { chooseGo, type GoChoice } from './choose.ts'
import { detectGo, type GoState } from './detect.ts'
import { planGo } from './plan.ts'
import { verifyGo } from './verify.ts'

/** GOPROXY, GOSUMDB, GOPRIVATE and the other variables of `go env -w`. */
export const goSetting: Setting<GoState, GoChoice> = {
  id: 'go',
  detect: detectGo,
  choose: chooseGo,
  plan: planGo,
  verify: verifyGo,
}
