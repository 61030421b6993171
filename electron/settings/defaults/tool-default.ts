import type { TargetId } from '../../contract/mirror.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { aptDefault } from './apt.ts'
import { goDefault } from './go.ts'
import { npmDefault } from './npm.ts'
import { pipDefault } from './pip.ts'

/**
 * The address that a tool asks by itself, read from the tool: no file of ours spells it out where the tool tells it.
 * null: the tool is not there or does not tell; for Go and Docker the catalogue holds the address then (docker names
 * its index, never the registry that serves images). Throws for the signal alone.
 */
export async function toolDefault(
  target: TargetId,
  sys: Reader,
  places: Places,
  signal: AbortSignal,
): Promise<string | null> {
  switch (target) {
    case 'go':
      return goDefault(sys, places, signal)
    case 'npm':
      return npmDefault(sys, places, signal)
    case 'pip':
      return pipDefault(sys, places, signal)
    case 'apt':
      return aptDefault(sys, places)
    case 'docker':
      return null
  }
}
