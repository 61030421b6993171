import type { Note } from '../../contract/note.ts'
import type { WHY_STATES } from '../../contract/why.ts'

type State = (typeof WHY_STATES)[number]

/** A layer as far as the order of a context is concerned. `where`: how it is called in a sentence. */
export type Entry = {
  layer: string
  where: string
  value: string | null
  /** What the context says about it: it `counts` there, was overwritten (`hidden`), is not read, or may be. */
  read: 'counts' | 'hidden' | 'unread' | 'unsure' | 'broken'
  /** Why, where it is anything else than that it counts. */
  reason?: Note
}

export type Ranked = {
  rows: readonly { layer: string; state: State; reason: Note }[]
  /** null: nobody sets it, or it is not known. */
  winner: string | null
  value: string | null
  /** Whether somebody may set it who is not known to. */
  open: boolean
}

/**
 * Ranks what sets a variable in one context. Pure. `entries`: the strongest first. `emptyHides`: whether a variable
 * that is empty still counts (for Go, npm and pip it does not: the next one speaks).
 * The first that counts and holds something wins; all that stands behind it is hidden by it.
 */
export function rank(entries: readonly Entry[], emptyHides: boolean): Ranked {
  const rows: Ranked['rows'][number][] = []
  let winner: Entry | null = null
  let open = false
  for (const entry of entries) {
    const { layer, where, value, read } = entry
    const put = (state: State, reason: Note): void => void rows.push({ layer, state, reason })
    if (read === 'unread' || read === 'broken' || read === 'hidden') {
      put(read, entry.reason ?? { key: 'why:reason.unread' })
    } else if (read === 'unsure') {
      if (winner === null) open = true
      put(
        winner === null ? 'unsure' : 'hidden',
        winner === null ? (entry.reason ?? { key: 'why:reason.maybe' }) : hiddenBy(winner),
      )
    } else if (winner !== null) {
      put('hidden', hiddenBy(winner))
    } else if (value === '' && !emptyHides) {
      put('empty', { key: 'why:reason.empty', values: { where } })
    } else {
      winner = entry
      put('wins', entry.reason ?? { key: 'why:reason.first' })
    }
  }
  const alone = rows.filter(({ state }) => state === 'hidden').length === 0
  return {
    rows: rows.map((row) =>
      row.state === 'wins' && alone && row.reason.key === 'why:reason.first'
        ? { ...row, reason: { key: 'why:reason.only' } }
        : row,
    ),
    winner: winner?.layer ?? null,
    value: winner?.value ?? null,
    open,
  }
}

const hiddenBy = ({ where }: Entry): Note => ({ key: 'why:reason.hidden', values: { where } })
