import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { Reader, System } from '../core/system.ts'
import { darwinPlaces } from './darwin/places.ts'
import { currentIdentity, linuxFacts, type LinuxFacts } from './linux/machine.ts'
import { linuxPlaces } from './linux/places.ts'
import { reloadDocker } from './linux/reload-docker.ts'
import { win32Places } from './win32/places.ts'

export type Platform = {
  places: Places
  /** Facts about system, account, rights and proxies. */
  facts(sys: Reader, signal: AbortSignal): Promise<LinuxFacts>
  /** Reloads the daemon that reads `configFile`. See `reloadDocker`. */
  reloadDocker(sys: System, configFile: string, signal: AbortSignal): Promise<void>
}

/** This machine's paths and services. The only place that looks at `process.platform`. Throws `not-yet`. */
export function openPlatform(options: { home?: string | undefined; root?: string | undefined }): Platform {
  switch (process.platform) {
    case 'linux':
      return openLinux(options)
    case 'darwin':
      return darwinPlaces()
    case 'win32':
      return win32Places()
    default:
      throw new CodedError('not-yet', { key: process.platform })
  }
}

function openLinux({ home, root }: { home?: string | undefined; root?: string | undefined }): Platform {
  const { uid, name } = currentIdentity()
  const places = linuxPlaces({
    ...(home === undefined ? {} : { home }),
    ...(root === undefined ? {} : { root }),
    environment: process.env,
    uid,
    username: name,
  })
  return {
    places,
    facts: (sys, signal) => linuxFacts(sys, places, signal),
    reloadDocker: (sys, configFile, signal) => reloadDocker(sys, places, signal, configFile),
  }
}
