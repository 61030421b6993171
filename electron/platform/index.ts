import type { DockerState } from '../contract/machine.ts'
import type { Places } from '../core/places.ts'
import type { Presence } from '../core/presence.ts'
import type { Reader, System } from '../core/system.ts'
import { type DockerSetup, linuxDockerSetup } from './linux/docker-setup.ts'
import { currentIdentity, linuxFacts, type LinuxFacts } from './linux/machine.ts'
import { lastWords, linuxPresence } from './linux/presence.ts'
import { reloadDocker } from './linux/reload-docker.ts'
import { openTerminal, type StartProgram } from './linux/terminal.ts'
import { openPlaces, type PlacesOptions } from './places.ts'

export type Platform = {
  places: Places
  /** Facts about system, account, rights and proxies. */
  facts(sys: Reader, signal: AbortSignal): Promise<LinuxFacts>
  /** Reloads the daemon that reads `configFile`. See `reloadDocker`. */
  reloadDocker(sys: System, configFile: string, signal: AbortSignal): Promise<void>
  /** Packages, services, groups. */
  presence: Presence
  /** What brings a Docker that does not run. Only reads. */
  dockerSetup(sys: Reader, docker: DockerState): Promise<DockerSetup>
  /** The last lines of the log of this machine's own Docker service. */
  dockerLog(sys: Reader): Promise<readonly string[]>
  /** Opens a terminal that runs `argv`; false where none is found. */
  openTerminal(sys: Reader, argv: readonly [string, ...string[]], start: StartProgram): Promise<boolean>
}

/** This machine's paths and services. Throws `not-yet`, as its paths do for every system but Linux. */
export function openPlatform(options: PlacesOptions): Platform {
  const places = openPlaces(options)
  const { uid, name } = currentIdentity()
  const presence = linuxPresence(places)
  return {
    places,
    presence,
    dockerSetup: (sys, docker) =>
      linuxDockerSetup(sys, places, presence, docker, accountOf(uid, name, places.environment['SUDO_USER'])),
    dockerLog: (sys) => (places.otherRoot ? Promise.resolve([]) : lastWords(sys, 'docker')),
    openTerminal: (sys, argv, start) => openTerminal(sys, places, argv, start),
    facts: (sys, signal) => linuxFacts(sys, places, signal),
    reloadDocker: (sys, configFile, signal) => reloadDocker(sys, places, signal, configFile),
  }
}

/** The account that is to use Docker: root needs no group, also not behind its own sudo. */
function accountOf(uid: number, name: string, sudoUser: string | undefined): string | null {
  const account = uid === 0 ? (sudoUser ?? null) : name
  return account === 'root' || account === '' ? null : account
}
