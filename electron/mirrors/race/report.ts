import type { RaceProgress } from '../../contract/mirror.ts'
import type { MirrorClient } from '../http/client.ts'
import type { Adapter } from './adapter.ts'
import type { Runner } from './entry.ts'
import { believed } from './rank.ts'

type Phase = RaceProgress['phase']
type Parts = { adapter: Adapter; http: MirrorClient; report(progress: RaceProgress): void }

/** Milliseconds between two reports. */
const INTERVAL = 100
/** Where each phase begins on the way from 0 to 1. */
const BEGIN: Readonly<Record<Phase, number>> = { connect: 0, check: 0.2, groups: 0.25, finals: 0.7, done: 1 }
const NEXT: Readonly<Record<Phase, number>> = { connect: 0.2, check: 0.25, groups: 0.7, finals: 1, done: 1 }

/** Tells how far a race is, at most ten times a second; a new phase and the end are told at once. */
export class Reporter {
  readonly #parts: Parts
  readonly #runners: readonly Runner[]
  readonly #started: number
  #phase: Phase = 'connect'
  #fraction = 0
  #told = -Infinity

  constructor(parts: Parts, runners: readonly Runner[], started: number) {
    this.#parts = parts
    this.#runners = runners
    this.#started = started
  }

  /** `part`: how much of the phase is over. */
  phase(phase: Phase, part = 0): void {
    const fresh = phase !== this.#phase
    this.#phase = phase
    const at = BEGIN[phase] + (NEXT[phase] - BEGIN[phase]) * Math.min(1, part)
    this.#fraction = Math.max(this.#fraction, at)
    this.tell(fresh)
  }

  tell(now = false): void {
    const at = performance.now()
    if (!now && at - this.#told < INTERVAL) return
    this.#told = at
    const { adapter, http, report } = this.#parts
    const rates = this.#runners.map((runner) => believed(runner) || (runner.meter?.rate(at, false) ?? 0))
    const best = Math.max(1, ...rates)
    report({
      target: adapter.target,
      phase: this.#phase,
      fraction: this.#fraction,
      ms: Math.round(at - this.#started),
      bytes: http.bytes(),
      entries: this.#runners.map((runner, index) => ({
        id: runner.candidate.id,
        state: runner.state,
        bar: Math.min(1, (rates[index] ?? 0) / best),
        reason: runner.out?.reason ?? null,
      })),
    })
  }

  end(): void {
    this.phase('done')
  }
}
