import { RACE_LIMITS, type RaceEntry, type RaceProgress, type RaceResult } from '../../electron/contract/mirror.ts'
import type { TaskView } from '../../electron/contract/task.ts'

/** A source that a race measured well, for tests to change. */
export const anEntry = (known: Partial<RaceEntry> = {}): RaceEntry => ({
  id: 'a',
  url: `https://${known.id ?? 'a'}.example`,
  name: { zh: known.id ?? 'a', en: known.id ?? 'a' },
  official: false,
  own: false,
  state: 'ranked',
  reason: null,
  cause: null,
  speed: 'fast',
  fresh: 'fresh',
  safe: 'safe',
  numbers: {
    connectMs: 1,
    tlsMs: null,
    firstByteMs: 2,
    rate: 1_000_000,
    bytes: 1000,
    status: 200,
    date: null,
    hashes: {},
    via: null,
  },
  ...known,
})

/** What a race said, the first entry its choice. */
export const aResult = (entries: readonly RaceEntry[], known: Partial<RaceResult> = {}): RaceResult => ({
  target: 'go',
  startedAt: '2026-11-22T10:00:00.000Z',
  ms: 2500,
  bytes: 12_000_000,
  limits: RACE_LIMITS,
  artefact: 'golang.org/x/text@v0.14.0',
  entries: [...entries],
  chosen: entries.slice(0, 1).map(({ url }) => url),
  why: { key: 'mirror:why.fastest', values: { url: entries[0]?.url ?? '', of: entries.length } },
  conflicts: [],
  ...known,
})

/** A race's task as main lists it: one report, and its end where `results` are given. */
export function aRaceTask(id: string, race: RaceProgress, results: readonly RaceResult[] | null): TaskView {
  const progress = {
    taskId: id,
    seq: 1,
    type: 'progress' as const,
    step: 'race' as const,
    fraction: race.fraction,
    note: { key: 'mirror:race.progress', values: { target: race.target } },
    race,
  }
  const done = results === null ? [] : [{ taskId: id, seq: 2, type: 'done' as const, result: results }]
  return { id, kind: 'race', state: results === null ? 'running' : 'done', events: [progress, ...done] }
}
