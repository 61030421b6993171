import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { detectApt } from '../apt/detect.ts'
import { officialValue, ownSources } from '../apt/plan.ts'
import { webAddress } from './ask.ts'

/**
 * The distribution's own archive: what stood there before our first run, else what the system's templates name.
 * null: apt has no such default, and neither of the two is there.
 */
export async function aptDefault(sys: Reader, places: Places): Promise<string | null> {
  const state = await detectApt(sys, places)
  const { system } = state
  if (system === null) return null
  for (const source of ownSources(state)) {
    const [first = ''] = (officialValue(source, state, system) ?? '').split(' ')
    const url = webAddress(first)
    if (url !== null) return url
  }
  return null
}
