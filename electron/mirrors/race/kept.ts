import { z } from 'zod'
import { type RaceResult, raceResultSchema, type TargetId } from '../../contract/mirror.ts'

/** Milliseconds after which a result tells nothing about today's network any more. */
const STALE = 30 * 86_400_000
const MAX_ENTRIES = 64
const MAX_CONFLICTS = 64
const MAX_TEXT = 2048

/** What is kept of races: the newest of each target. Another version is not understood and counts as none. */
export const keptRacesSchema = z.object({
  version: z.literal(1),
  races: z.array(raceResultSchema).max(8),
})
export type KeptRaces = z.infer<typeof keptRacesSchema>

/** The results with a new one in place of the older of its target, cut to what is worth keeping. */
export const withRace = (races: readonly RaceResult[], result: RaceResult): KeptRaces => ({
  version: 1,
  races: [...races.filter(({ target }) => target !== result.target), bounded(result)],
})

/** The last result of a target, if it is not too old. */
export function lastRace(races: readonly RaceResult[], target: TargetId, now: number): RaceResult | null {
  const found = races.find((race) => race.target === target)
  const age = found === undefined ? Infinity : now - Date.parse(found.startedAt)
  // One from the future was written by a clock that was wrong.
  return found !== undefined && age >= 0 && age < STALE ? found : null
}

const bounded = (result: RaceResult): RaceResult => ({
  ...result,
  entries: result.entries.slice(0, MAX_ENTRIES).map((entry) => ({
    ...entry,
    cause: entry.cause?.slice(0, MAX_TEXT) ?? null,
  })),
  conflicts: result.conflicts.slice(0, MAX_CONFLICTS),
})
