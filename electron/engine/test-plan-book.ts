import type { Places } from '../core/places.ts'
import type { Elevator } from '../core/elevation.ts'
import { linuxElevator } from '../platform/linux/elevate.ts'
import type { MemorySystem } from '../system/memory.ts'
import { loadAssets } from './assets.ts'
import { openElevation } from './elevation.ts'
import { openImages } from './images.ts'
import { PlanBook } from './plans.ts'
import { Races } from './races.ts'

/** A book of plans over a tree in memory, for tests; nothing of it asks the network. */
export async function testPlanBook(sys: MemorySystem, places: Places, elevator: Elevator = linuxElevator(places)) {
  const { tags } = await loadAssets(null)
  const never = () => Promise.reject(new Error('not asked'))
  const races = new Races({
    sys,
    places,
    mirrors: never,
    official: never,
    archive: never,
    adapterFor: never,
    system: null,
  })
  const elevation = openElevation({ sys, places, elevator, helper: null, terminal: false })
  const plans = new PlanBook({
    sys,
    places,
    images: openImages(sys, places, tags),
    races,
    elevation,
    mirrors: () => Promise.resolve({ date: '2026-11-22', mirrors: [] }),
  })
  return { plans, elevation }
}
