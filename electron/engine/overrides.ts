import type { DockerState, Override } from '../contract/machine.ts'
import type { Finding } from '../contract/note.ts'
import type { Profile } from '../contract/profile.ts'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'
import { dockerState } from '../docker/state.ts'
import type { Mirror } from '../mirrors/catalogue.ts'
import { detectApt } from '../settings/apt/detect.ts'
import { detectGo, type GoState } from '../settings/go/detect.ts'
import { detectNpm } from '../settings/npm/detect.ts'
import { detectPip } from '../settings/pip/detect.ts'
import { aptOverrides } from '../settings/overrides/apt.ts'
import { dockerOverrides } from '../settings/overrides/docker.ts'
import { goOverrides } from '../settings/overrides/go.ts'
import { npmOverrides } from '../settings/overrides/npm.ts'
import { pipOverrides } from '../settings/overrides/pip.ts'
import { proxyOverrides } from '../settings/overrides/proxies.ts'
import { deadInProfile, deadInUse, namedTargets } from './dead-mirrors.ts'

/** Everything that sets a source or a proxy on this machine, and which of it wins. */
export async function machineOverrides(
  sys: Reader,
  places: Places,
  { docker, go }: { docker: DockerState; go: GoState },
  signal: AbortSignal,
): Promise<Override[]> {
  const [ofDocker, ofNpm, pip, apt] = await Promise.all([
    dockerOverrides(sys, places, docker),
    detectNpm(sys, places, signal).then((npm) => npmOverrides(sys, places, npm, signal)),
    detectPip(sys, places),
    detectApt(sys, places),
  ])
  return [
    ...goOverrides(go, places),
    ...ofDocker,
    ...ofNpm,
    ...pipOverrides(pip),
    ...aptOverrides(apt),
    ...proxyOverrides(places, go.shells),
  ]
}

/** Ended mirrors that a profile names, and those in use that it would leave in place. */
export async function deadForPlan(
  profile: Profile,
  mirrors: readonly Mirror[],
  sys: Reader,
  places: Places,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const [docker, go] = await Promise.all([dockerState(sys, places, signal), detectGo(sys, places, signal)])
  const overrides = await machineOverrides(sys, places, { docker, go }, signal)
  return [...deadInProfile(mirrors, profile), ...deadInUse(mirrors, overrides, namedTargets(profile))]
}
