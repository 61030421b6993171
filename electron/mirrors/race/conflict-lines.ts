import type { RaceResult } from '../../contract/mirror.ts'
import { redact } from '../../core/redact.ts'

/** What mirrors disagree about, a line each, for the task's log: the item, and what each source says of it. */
export const conflictLines = ({ target, conflicts }: Pick<RaceResult, 'target' | 'conflicts'>): string[] =>
  conflicts.map(({ item, says }) => {
    const said = says.map(({ url, value, wrong }) => `${wrong ? '✕ ' : ''}${url} = ${value}`)
    return redact(`${target}: ${item}: ${said.join(' | ')}`)
  })
