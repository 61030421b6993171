import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import { windowsSystem } from './win32/system.ts'

/** Files and variables as they are on this system, over what Node gives. */
export const systemOn = (places: Places, sys: System): System =>
  places.platform === 'win32' ? windowsSystem(sys, places) : sys
