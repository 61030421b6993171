import { darwinPlatform } from './darwin/platform.ts'
import { linuxPlatform } from './linux/platform.ts'
import { openPlaces, type PlacesOptions } from './places.ts'
import type { Platform } from './platform.ts'
import { win32Platform } from './win32/platform.ts'

/** This machine's paths and services. Throws `not-yet` for a system that we do not know. */
export function openPlatform(options: PlacesOptions): Platform {
  const places = openPlaces(options)
  switch (places.platform) {
    case 'linux':
      return linuxPlatform(places)
    case 'darwin':
      return darwinPlatform(places)
    case 'win32':
      return win32Platform(places)
  }
}
