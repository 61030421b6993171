import { setMaxListeners } from 'node:events'
import type { RaceProgress, RaceResult } from '../../contract/mirror.ts'
import type { MirrorClient } from '../http/client.ts'
import { BudgetSpent } from '../http/errors.ts'
import { type Adapter, type Candidate, type Judgement, OutError } from './adapter.ts'
import { choose } from './choose.ts'
import { entryOf, putOut, type Runner, runnerOf } from './entry.ts'
import type { Limits } from './limits.ts'
import { type Lap, type LapRules, runLap } from './lap.ts'
import type { Meter } from './meter.ts'
import { Reporter } from './report.ts'
import { believed, deal, markCrowded, nextAlone } from './rank.ts'

export type RaceOptions = {
  adapter: Adapter
  candidates: readonly Candidate[]
  /** Opened for this race alone, with `limits.bytes` as its budget; whoever opened it closes it. */
  http: MirrorClient
  limits: Limits
  /** The result of the last race of this target. Its best run first, and its choice stays while it is good. */
  last: RaceResult | null
  /** Spreads equals; never sent anywhere. */
  machine: string
  report(progress: RaceProgress): void
}

/** Milliseconds for one connection, and for all that its mirror has to say before bytes are read. */
const CONNECT = 2500
const CHECK = 3000
/** When so many are through, the others get half as long again as these took, and at least `PATIENCE` ms. */
const CUT = { share: 0.7, factor: 1.5 }
const PATIENCE = 900
const GROUP = 4
/** The part of the byte budget that the groups may use together. */
const GROUP_SHARE = 0.55
const FINALS = { least: 3, most: 6 }
/** Milliseconds between two looks at the bars. */
const TICK = 100
/** How many of the last race's best run first. */
const FIRST = 4

const GROUP_RULES: LapRules = {
  window: 300,
  least: 0,
  longest: 500,
  most: 2_500_000,
  shortest: 150,
  patience: 1200,
}
/** Long enough to see a mirror that is fast for its first megabyte alone. */
const FINAL_RULES: LapRules = {
  window: 450,
  least: 1_500_000,
  longest: 1000,
  most: 4_000_000,
  shortest: 220,
  patience: 1500,
}

/**
 * Ranks the mirrors of one target. Connects to all at once and lets each say what it has to (a link that is shared
 * hides nothing of that), compares what they say, reads from groups of four for a moment, and from the few that
 * could be the best alone. Ends at its limits with what it knows by then. Throws only for an aborted signal.
 */
export async function runRace(options: RaceOptions, signal: AbortSignal): Promise<RaceResult> {
  return new Race(options).run(signal)
}

class Race {
  readonly #options: RaceOptions
  readonly #runners: Runner[]
  readonly #reporter: Reporter
  readonly #startedAt = new Date().toISOString()
  readonly #started = performance.now()
  #judgement: Judgement | null = null
  /** The most bytes a second that all together ever brought: the link, or what is known of it. */
  #capacity = 0

  constructor(options: RaceOptions) {
    this.#options = options
    this.#runners = options.candidates.map((candidate) => runnerOf(candidate))
    this.#reporter = new Reporter(options, this.#runners, this.#started)
  }

  async run(signal: AbortSignal): Promise<RaceResult> {
    signal.throwIfAborted()
    const limit = new AbortController()
    // Every mirror listens.
    setMaxListeners(0, limit.signal)
    const abort = (): void => limit.abort(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    const timer = setTimeout(() => limit.abort(TIME_UP), this.#options.limits.ms)
    const tick = setInterval(() => this.#reporter.tell(), TICK)
    try {
      await this.#phases(limit.signal)
    } catch (error) {
      signal.throwIfAborted()
      if (!limit.signal.aborted && !(error instanceof BudgetSpent)) throw error
    } finally {
      clearTimeout(timer)
      clearInterval(tick)
      signal.removeEventListener('abort', abort)
    }
    const result = this.#result()
    this.#reporter.end()
    return result
  }

  async #phases(signal: AbortSignal): Promise<void> {
    this.#reporter.phase('connect')
    await this.#checkAll(signal)
    this.#reporter.phase('check')
    await this.#judge(signal)
    this.#reporter.phase('groups')
    await this.#groups(signal)
    this.#reporter.phase('finals')
    await this.#finals(signal)
  }

  /** All at once, each from its connection to the end of its check; ends when the late ones have had their time. */
  async #checkAll(signal: AbortSignal): Promise<void> {
    const cut = new AbortController()
    setMaxListeners(0, cut.signal)
    const stop = (): void => cut.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    let timer: NodeJS.Timeout | undefined
    const known = new Set(this.#best(this.#options.last).map(({ candidate }) => candidate.id))
    const settled = (): void => {
      const through = this.#runners.filter(({ check }) => check !== null).length
      const left = this.#runners.filter(({ out }) => out === null).length
      if (timer !== undefined || through < Math.ceil(left * CUT.share)) return
      const wait = Math.max(PATIENCE, this.#elapsed() * CUT.factor) - this.#elapsed()
      timer = setTimeout(() => cut.abort(LATE), Math.max(0, wait))
    }
    try {
      await Promise.all(
        this.#runners.map(async (runner) => {
          // What was good last time gets all the time there is.
          await this.#check(runner, known.has(runner.candidate.id) ? signal : cut.signal)
          settled()
        }),
      )
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
    signal.throwIfAborted()
  }

  async #check(runner: Runner, signal: AbortSignal): Promise<void> {
    const { adapter, http } = this.#options
    const { candidate } = runner
    const from = performance.now()
    const inner = new AbortController()
    const abort = (): void => inner.abort(signal.reason)
    const timer = setTimeout(() => inner.abort(LATE), CONNECT + CHECK)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    try {
      const { connectMs, tlsMs, via } = await http.connect(candidate.url, CONNECT, inner.signal)
      Object.assign(runner, { connectMs, tlsMs, via, state: 'measuring' })
      this.#reporter.tell()
      runner.check = await adapter.check(candidate, http, inner.signal)
      runner.state = 'waiting'
    } catch (error) {
      if (error instanceof BudgetSpent) throw error
      const ms = Math.round(performance.now() - from)
      if (inner.signal.aborted) putOut(runner, 'timeout', `no answer within ${ms} ms`)
      else if (error instanceof OutError) putOut(runner, error.reason, error.message)
      else throw error
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
    }
    this.#reporter.tell()
  }

  async #judge(signal: AbortSignal): Promise<void> {
    const { adapter, http } = this.#options
    const passed = this.#alive()
    const checks = new Map(passed.flatMap(({ candidate, check }) => (check === null ? [] : [[candidate.id, check]])))
    const candidates = passed.map(({ candidate }) => candidate)
    this.#judgement = await adapter.judge(checks, candidates, http, signal)
    for (const runner of passed) {
      const out = this.#judgement.out.get(runner.candidate.id)
      if (out !== undefined) putOut(runner, out.reason, out.cause)
    }
    this.#reporter.tell()
  }

  async #groups(signal: AbortSignal): Promise<void> {
    const alive = this.#alive()
    const first = this.#best(this.#options.last).filter((runner) => runner.out === null)
    const others = alive
      .filter((runner) => !first.includes(runner))
      .toSorted((a, b) => (a.connectMs ?? Infinity) - (b.connectMs ?? Infinity))
    // Whoever is nearly alone runs alone at once.
    if (alive.length <= FINALS.least) {
      for (const runner of alive) runner.together = 0
      return
    }
    const groups = [...(first.length > 0 ? [first] : []), ...deal(others, GROUP)]
    for (const [at, group] of groups.entries()) {
      const share = this.#left() * GROUP_SHARE
      const most = share / (groups.length - at) / group.length
      await this.#group(
        group,
        { ...GROUP_RULES, most: Math.min(GROUP_RULES.most, Math.max(200_000, most * 2)) },
        signal,
      )
      this.#reporter.phase('groups', (at + 1) / groups.length)
    }
    for (const group of groups) markCrowded(group, this.#capacity)
  }

  async #group(group: readonly Runner[], rules: LapRules, signal: AbortSignal): Promise<void> {
    const laps = await Promise.all(group.map((runner) => this.#lap(runner, rules, signal)))
    for (const [at, runner] of group.entries()) runner.together = laps[at]?.rate ?? null
    this.#capacity = Math.max(this.#capacity, sum(group.map(({ together }) => together ?? 0)))
  }

  async #finals(signal: AbortSignal): Promise<void> {
    for (let count = 0; count < FINALS.most; count++) {
      const next = nextAlone(this.#alive(), this.#capacity, FINALS.least)
      if (next === null) return
      const best = (): number => Math.max(0, ...this.#alive().map(({ alone }) => alone ?? 0))
      const most = Math.max(FINAL_RULES.most / 4, Math.min(FINAL_RULES.most, this.#left() / 2))
      const rules = { ...FINAL_RULES, most, hopeless: () => best() * 0.7 }
      const lap = await this.#lap(next, rules, signal)
      next.alone = lap.rate ?? 0
      this.#capacity = Math.max(this.#capacity, next.alone)
      this.#reporter.phase('finals', (count + 1) / FINALS.least)
    }
  }

  async #lap(runner: Runner, rules: LapRules, signal: AbortSignal): Promise<Lap> {
    const { check } = runner
    if (check === null) throw new Error('not checked')
    runner.state = 'measuring'
    this.#reporter.tell()
    const watch = (meter: Meter): void => {
      runner.meter = meter
    }
    const lap = await runLap(check.bulk, this.#options.http, { ...rules, watch }, signal)
    runner.meter = null
    runner.bytes += lap.bytes
    runner.firstByteMs = lap.firstByteMs ?? runner.firstByteMs
    runner.status = lap.status ?? runner.status
    runner.via = lap.via ?? runner.via
    runner.state = 'measured'
    if (lap.out !== null) putOut(runner, lap.out.reason, lap.out.message)
    this.#reporter.tell()
    return lap
  }

  #result(): RaceResult {
    const { adapter, limits, last, machine, http } = this.#options
    const ranked = this.#alive().toSorted(
      (a, b) => believed(b) - believed(a) || (a.connectMs ?? Infinity) - (b.connectMs ?? Infinity),
    )
    const best = ranked[0] === undefined ? 0 : believed(ranked[0])
    // The others have used up the bytes: who was not heard is told of all the same.
    for (const runner of this.#runners)
      if (runner.out === null && runner.check === null) putOut(runner, 'timeout', "not heard before the race's limits")
    const entries = [...ranked, ...this.#runners.filter(({ out }) => out !== null)].map((runner) =>
      entryOf(runner, best, this.#judgement),
    )
    const choice = choose(
      adapter.target,
      ranked.map((runner) => ({ candidate: runner.candidate, rate: believed(runner) })),
      machine,
      this.#lastChoice(last),
    )
    return {
      target: adapter.target,
      startedAt: this.#startedAt,
      ms: Math.round(this.#elapsed()),
      bytes: http.bytes(),
      limits,
      artefact: adapter.artefact,
      entries,
      chosen: [...choice.chosen],
      why: choice.why,
      conflicts: [...(this.#judgement?.conflicts ?? [])],
    }
  }

  /** An empty choice of last time was the tool's own default. */
  #lastChoice(last: RaceResult | null): readonly string[] {
    if (last === null || last.chosen.length > 0) return last?.chosen ?? []
    return this.#options.candidates.filter(({ official }) => official).map(({ url }) => url)
  }

  /** The runners that were the best last time, in that order. */
  #best(last: RaceResult | null): Runner[] {
    const ids = (last?.entries ?? []).filter(({ numbers }) => numbers.rate !== null).map(({ id }) => id)
    return ids.slice(0, FIRST).flatMap((id) => this.#runners.filter(({ candidate }) => candidate.id === id))
  }

  /** Those that passed their check and are not out. */
  #alive(): Runner[] {
    return this.#runners.filter(({ out, check }) => out === null && check !== null)
  }

  #left(): number {
    return Math.max(0, this.#options.limits.bytes - this.#options.http.bytes())
  }

  #elapsed(): number {
    return performance.now() - this.#started
  }
}

const TIME_UP = new Error('the time of the race is up')
const LATE = new Error('later than the others')
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
