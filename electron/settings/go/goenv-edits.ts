import type { Edit, Target } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { GoChoice } from './choose.ts'
import type { GoState } from './detect.ts'

/** The edits of the GOENV file. Throws `setting-not-effective` where GOENV=off says to read none. */
export function goenvEdits(state: GoState, { values }: GoChoice, places: Places): readonly Edit[] {
  if (places.goenv === null) throw new CodedError('setting-not-effective', { name: 'GOENV' }, 'GOENV=off')
  const target: Target = { kind: 'file', path: places.goenv, format: 'goenv', mode: 0o644, notify: [] }
  return [...values].flatMap(([key, after]): Edit[] => {
    const before = state.file.get(key) ?? null
    return before === after ? [] : [{ target, owner: 'go', key, before, after }]
  })
}
