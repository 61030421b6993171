import type { Places } from '../../core/places.ts'
import type { Platform } from '../platform.ts'
import { linuxDockerSetup } from './docker-setup.ts'
import { linuxElevator } from './elevate.ts'
import { currentIdentity } from '../identity.ts'
import { linuxFacts } from './machine.ts'
import { lastWords, linuxPresence } from './presence.ts'
import { reloadDocker } from './reload-docker.ts'
import { openTerminal } from './terminal.ts'

/** Linux with its services. */
export function linuxPlatform(places: Places): Platform {
  const { uid, name } = currentIdentity()
  const presence = linuxPresence(places)
  return {
    places,
    handlers: [],
    presence,
    elevator: linuxElevator(places),
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
