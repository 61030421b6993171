import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import { noPresence } from '../no-presence.ts'
import type { Platform } from '../platform.ts'
import { broadcastHandler } from './broadcast.ts'
import { windowsDockerSetup } from './docker-setup.ts'
import { windowsElevator } from './elevate.ts'
import { windowsFacts } from './machine.ts'
import { nativePath } from './places.ts'
import { openTerminal } from './terminal.ts'

/** Windows with its services. */
export function win32Platform(places: Places): Platform {
  return {
    places,
    presence: noPresence,
    elevator: windowsElevator(places),
    handlers: [broadcastHandler(places)],
    facts: (sys, signal) => windowsFacts(sys, places, signal),
    dockerSetup: (_sys, docker) => Promise.resolve(windowsDockerSetup(docker)),
    // Docker Desktop's log is its own window's affair.
    dockerLog: () => Promise.resolve([]),
    openTerminal: (_sys, argv, start) => openTerminal(places, argv, start),
    reloadDocker: (_sys, configFile) => Promise.reject(notReloadable(configFile)),
  }
}

/**
 * Docker Desktop reads its daemon.json when it starts and has no reload. `docker desktop restart` exists from 4.37
 * on (docs.docker.com/reference/cli/docker/desktop/restart), but stops every container, which nobody has agreed to;
 * the same holds for the service of a dockerd without Docker Desktop.
 */
const notReloadable = (path: string): CodedError =>
  new CodedError(
    'docker-reload-failed',
    { path },
    `Docker reads ${nativePath(path)} only when it is restarted: docker desktop restart`,
  )
