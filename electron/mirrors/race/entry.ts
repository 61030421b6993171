import type { OutReason, RaceEntry } from '../../contract/mirror.ts'
import { redact } from '../../core/redact.ts'
import type { Candidate, Check, Judgement } from './adapter.ts'
import type { Meter } from './meter.ts'
import { believed, type Rated, speedWord } from './rank.ts'

/** All that a race knows of one candidate. */
export type Runner = Rated & {
  candidate: Candidate
  state: 'waiting' | 'measuring' | 'measured' | 'out'
  out: { reason: OutReason; cause: string } | null
  check: Check | null
  connectMs: number | null
  tlsMs: number | null
  firstByteMs: number | null
  status: number | null
  via: string | null
  bytes: number
  /** What comes in right now. */
  meter: Meter | null
}

export const runnerOf = (candidate: Candidate): Runner => ({
  candidate,
  state: 'waiting',
  out: null,
  check: null,
  alone: null,
  together: null,
  crowded: false,
  connectMs: null,
  tlsMs: null,
  firstByteMs: null,
  status: null,
  via: null,
  bytes: 0,
  meter: null,
})

/** Puts a runner out. The first reason stays. */
export function putOut(runner: Runner, reason: OutReason, cause: string): void {
  runner.out ??= { reason, cause: redact(cause) }
  runner.state = 'out'
}

/** As the contract shows it. `best`: bytes a second of the fastest. */
export function entryOf(runner: Runner, best: number, judgement: Judgement | null): RaceEntry {
  const { candidate, out, check } = runner
  const rate = believed(runner) || null
  const safe = judgement?.safe.has(candidate.id) === true ? 'safe' : 'unknown'
  return {
    ...candidate,
    url: redact(candidate.url),
    state: out === null ? 'ranked' : 'out',
    reason: out?.reason ?? null,
    cause: out?.cause ?? null,
    speed: out !== null || rate === null ? null : speedWord(rate, best),
    fresh: out?.reason === 'stale' ? 'stale' : (judgement?.fresh.get(candidate.id) ?? 'unknown'),
    safe: out?.reason === 'wrong-content' || out?.reason === 'certificate' ? 'unsafe' : safe,
    numbers: {
      connectMs: rounded(runner.connectMs),
      tlsMs: rounded(runner.tlsMs),
      firstByteMs: rounded(runner.firstByteMs),
      rate: rate === null ? null : Math.round(rate),
      bytes: runner.bytes,
      status: runner.status,
      date: check?.date ?? null,
      hashes: { ...check?.says },
      via: runner.via,
    },
  }
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10)
