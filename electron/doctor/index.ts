import type { DoctorCheck } from './check.ts'
import { loopbackProxiesCheck } from './checks/network/loopback-proxies.ts'
import { shellProxiesCheck } from './checks/network/shell-proxies.ts'
import { networkWaysCheck } from './checks/network/ways.ts'
import { certificateClockCheck } from './checks/certificate/clock-check.ts'
import { certificateServersCheck } from './checks/certificate/servers.ts'
import { dockerApiCheck } from './checks/docker/api.ts'
import { dockerClientConfigCheck } from './checks/docker/client-config.ts'
import { dockerClockCheck } from './checks/docker/clock.ts'
import { dockerContextCheck } from './checks/docker/context.ts'
import { dockerDaemonJsonCheck } from './checks/docker/daemon-json.ts'
import { dockerImagesCheck } from './checks/docker/images.ts'
import { dockerMirrorsCheck } from './checks/docker/mirrors.ts'
import { dockerSpaceCheck } from './checks/docker/space.ts'
import { dockerStateCheck } from './checks/docker/state.ts'
import { goCacheCheck } from './checks/cache/go-cache.ts'
import { npmCacheCheck } from './checks/cache/npm-cache.ts'
import { goEnvFileCheck } from './checks/go/env-file.ts'
import { goFlagsCheck } from './checks/go/flags.ts'
import { goPathCheck } from './checks/go/gopath.ts'
import { goModuleModeCheck } from './checks/go/module-mode.ts'
import { goProgramsCheck } from './checks/go/programs.ts'
import { goProxyCheck } from './checks/go/proxy.ts'
import { goToolchainCheck } from './checks/go/toolchain.ts'
import { goTrustCheck } from './checks/go/trust.ts'
import { ownersCheck } from './checks/files/owners.ts'
import { pathCutCheck } from './checks/files/path-cut.ts'
import { recordsCheck } from './checks/files/records.ts'
import { shellsCheck } from './checks/files/shells.ts'
import { sourcesCheck } from './checks/files/sources.ts'
import { spaceCheck } from './checks/files/space.ts'
import { aptKeysCheck } from './checks/packages/keys.ts'
import { aptSourcesCheck } from './checks/packages/sources.ts'
import { aptSystemCheck } from './checks/packages/system.ts'

/** Every check, in the order in which they are shown. */
export const doctorChecks: readonly DoctorCheck[] = [
  networkWaysCheck,
  loopbackProxiesCheck,
  shellProxiesCheck,
  certificateServersCheck,
  certificateClockCheck,
  dockerStateCheck,
  dockerContextCheck,
  dockerDaemonJsonCheck,
  dockerMirrorsCheck,
  dockerSpaceCheck,
  dockerImagesCheck,
  dockerClockCheck,
  dockerApiCheck,
  dockerClientConfigCheck,
  goEnvFileCheck,
  goProgramsCheck,
  goFlagsCheck,
  goProxyCheck,
  goTrustCheck,
  goToolchainCheck,
  goModuleModeCheck,
  goPathCheck,
  goCacheCheck,
  npmCacheCheck,
  ownersCheck,
  spaceCheck,
  shellsCheck,
  sourcesCheck,
  recordsCheck,
  pathCutCheck,
  aptSourcesCheck,
  aptKeysCheck,
  aptSystemCheck,
]
