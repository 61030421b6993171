import type { Value } from '../../../contract/plan.ts'
import { readRuns } from '../../../core/journal.ts'
import type { Places } from '../../../core/places.ts'
import { touchedFiles, undoable } from '../../../core/standing.ts'
import type { Reader } from '../../../core/system.ts'

/** What our runs that stand have left in a file: its content (null: nothing), and the last value of each key. */
export type LastWrite = { bytes: Uint8Array | null; keys: ReadonlyMap<string, Value> }

/** By the name of each file behind its links, out of our records; keys are `FORMAT KEY`. */
export async function lastWrites(sys: Reader, places: Places): Promise<ReadonlyMap<string, LastWrite>> {
  const records = await readRuns(places.state, sys).catch(() => null)
  const written = new Map<string, { bytes: Uint8Array | null; keys: Map<string, Value> }>()
  for (const run of (records?.runs ?? []).filter(undoable).toReversed())
    for (const { index, change } of touchedFiles(run)) {
      if (change.kind !== 'file' || run.givenBack.has(index)) continue
      const keys = written.get(change.real)?.keys ?? new Map<string, Value>()
      for (const { target, key, after } of change.edits)
        if (target.kind === 'file') keys.set(`${target.format} ${key}`, after)
      written.set(change.real, { bytes: change.after?.bytes ?? null, keys })
    }
  return written
}
