import { statSync } from 'node:fs'
import os from 'node:os'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import { darwinPlaces } from './darwin/places.ts'
import { currentIdentity } from './identity.ts'
import { linuxPlaces } from './linux/places.ts'
import { win32Places } from './win32/places.ts'

/** `state`: the program's own records, where they are not that home's. */
export type PlacesOptions = { home?: string | undefined; root?: string | undefined; state?: string | undefined }

/**
 * This machine's paths alone, without its services: the window opens with them, so nothing slow is imported here.
 * The only place that looks at `process.platform`.
 * Throws `not-yet`.
 */
export function openPlaces({ state, ...options }: PlacesOptions): Places {
  const places = placesOf(options)
  return state === undefined ? places : { ...places, state }
}

function placesOf({ home, root }: PlacesOptions): Places {
  const { uid, name, home: accountHome = null } = currentIdentity()
  const input = {
    ...(home === undefined ? {} : { home }),
    ...(root === undefined ? {} : { root }),
    environment: process.env,
    uid,
    username: name,
    accountHome,
  }
  switch (process.platform) {
    case 'linux':
      return linuxPlaces(input)
    case 'darwin':
      return darwinPlaces({ ...input, arch: os.arch(), isFolder })
    case 'win32':
      return win32Places(input)
    default:
      throw new CodedError('not-yet', { key: process.platform })
  }
}

const isFolder = (folder: string): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false
