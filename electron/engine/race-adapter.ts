import { CodedError } from '../core/errors.ts'
import { provisionalAdapter } from '../mirrors/race/provisional.ts'
import type { AdapterFor } from './races.ts'

/** The adapter of a target for this machine. Throws `not-yet` for those that have none. */
export const adapterFor: AdapterFor = (target) => {
  if (target !== 'go' && target !== 'docker') throw new CodedError('not-yet', { key: `sources.${target}: auto` })
  return Promise.resolve(provisionalAdapter(target))
}
