import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import { noPresence } from '../no-presence.ts'
import type { Platform } from '../platform.ts'
import { darwinDockerSetup } from './docker-setup.ts'
import { darwinElevator } from './elevate.ts'
import { darwinFacts } from './machine.ts'
import { openTerminal } from './terminal.ts'

/** macOS with its services. */
export function darwinPlatform(places: Places): Platform {
  return {
    places,
    handlers: [],
    presence: noPresence,
    elevator: darwinElevator(places),
    facts: (sys, signal) => darwinFacts(sys, places, signal),
    dockerSetup: (_sys, docker) => Promise.resolve(darwinDockerSetup(docker)),
    // Docker Desktop's log is its own window's affair.
    dockerLog: () => Promise.resolve([]),
    openTerminal: (sys, argv, start) => openTerminal(sys, places, argv, start),
    reloadDocker: (_sys, configFile) => Promise.reject(notReloadable(configFile)),
  }
}

/**
 * No engine of a Mac is this system's process, so there is nobody to send a SIGHUP to. `docker desktop restart`
 * (docs.docker.com/reference/cli/docker/desktop/restart) would do, but it stops every container, which nobody
 * has agreed to; images come by a mirror's own name there (see settings/docker).
 */
const notReloadable = (path: string): CodedError =>
  new CodedError('docker-reload-failed', { path }, `Docker Desktop reads ${path} only when it is restarted`)
