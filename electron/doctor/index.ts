import type { DoctorCheck } from './check.ts'
import { goEnvFileCheck } from './checks/go/env-file.ts'
import { goFlagsCheck } from './checks/go/flags.ts'
import { goPathCheck } from './checks/go/gopath.ts'
import { goModuleModeCheck } from './checks/go/module-mode.ts'
import { goProgramsCheck } from './checks/go/programs.ts'
import { goProxyCheck } from './checks/go/proxy.ts'
import { goToolchainCheck } from './checks/go/toolchain.ts'
import { goTrustCheck } from './checks/go/trust.ts'

/** Every check, in the order in which they are shown. */
export const doctorChecks: readonly DoctorCheck[] = [
  goEnvFileCheck,
  goProgramsCheck,
  goFlagsCheck,
  goProxyCheck,
  goTrustCheck,
  goToolchainCheck,
  goModuleModeCheck,
  goPathCheck,
]
