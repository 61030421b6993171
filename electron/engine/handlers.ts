import type { HandlerId } from '../contract/plan.ts'
import { NO_POLICY, type Policy } from '../core/patience.ts'
import type { Handler } from '../core/setting.ts'
import { dockerState } from '../docker/state.ts'
import type { Platform } from '../platform/platform.ts'
import { aptHandler } from '../settings/apt/handler.ts'
import { authoritiesHandler } from '../settings/authority/handler.ts'
import { dockerHandler } from '../settings/docker/handler.ts'
import { findPrograms } from '../settings/find-program.ts'
import { launchAgentHandler } from '../settings/shell/launch-agent-handler.ts'

/** All that has to notice a changed file on this machine. `policy`: how long what asks the network may wait. */
export function openHandlers(
  { places, reloadDocker, handlers }: Platform,
  policy: Policy = NO_POLICY,
): ReadonlyMap<HandlerId, Handler> {
  const docker = dockerHandler({
    reload: reloadDocker,
    state: (sys, signal) => dockerState(sys, places, signal),
    daemon: async (sys) => (await findPrograms(sys, places, 'dockerd', places.docker.programs))[0] ?? null,
  })
  const all = [docker, aptHandler(places, policy), authoritiesHandler(places), launchAgentHandler(places), ...handlers]
  return new Map(all.map((handler) => [handler.id, handler]))
}
