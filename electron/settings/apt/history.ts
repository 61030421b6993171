import { readRuns } from '../../core/journal.ts'
import type { Run } from '../../core/replay.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'

/** Our own edits of apt's sources, the newest first. */
export type Past = { path: string; key: string; before: string; after: string }

/** What the runs so far did to apt's sources. A history that can't be read is none. */
export async function aptPast(sys: Reader, places: Places): Promise<readonly Past[]> {
  const { runs } = await readRuns(places.state, sys).catch(() => ({ runs: [] as readonly Run[] }))
  return runs.flatMap((run) =>
    run.changes.flatMap((change) => {
      if (change.kind !== 'file') return []
      return change.edits.flatMap(({ owner, key, target, before, after }) =>
        owner === 'apt' && typeof before === 'string' && typeof after === 'string'
          ? [{ path: target.path, key, before, after }]
          : [],
      )
    }),
  )
}

/** What stood there before the first of our runs that led to `now`; null when no run of ours did. */
export function former(past: readonly Past[], path: string, key: string, now: string): string | null {
  let value: string | null = null
  for (const edit of past)
    if (edit.path === path && edit.key === key && edit.after === (value ?? now)) value = edit.before
  return value
}
