import type { Setting } from '../../core/setting.ts'
import { chooseNpm, type NpmChoice } from './choose.ts'
import { detectNpm, type NpmState } from './detect.ts'
import { planNpm } from './plan.ts'
import { verifyNpm } from './verify.ts'

/** The default registry and those of scopes, for npm, yarn and pnpm, of the user or of a chosen project. */
export const npmSetting: Setting<NpmState, NpmChoice> = {
  id: 'npm',
  detect: detectNpm,
  choose: chooseNpm,
  plan: planNpm,
  verify: verifyNpm,
}
