import type { Note } from '../../contract/note.ts'
import type { WhyLayer } from '../../contract/why.ts'
import type { Edit } from '../../contract/plan.ts'

/**
 * What a tool goes by where its variable is not set: its files, then its own default; the strongest first.
 * `removal`: what takes it away, keyed by the kind of removal.
 */
export type Below = {
  kind: Extract<WhyLayer['kind'], 'goenv' | 'goroot' | 'tool-file' | 'engine' | 'default'>
  from: string
  line: number | null
  value: string | null
  read: 'counts' | 'unread' | 'broken' | 'unsure'
  reason?: Note
  problems?: readonly Note[]
  removals: readonly { kind: 'remove' | 'bom' | 'cr'; edits: readonly Edit[] }[]
  hint?: Note
}
