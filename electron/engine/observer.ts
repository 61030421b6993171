import { createHash } from 'node:crypto'
import os from 'node:os'
import type { AppError, Finding } from '../contract/note.ts'
import type { TaskReport } from '../contract/task.ts'
import { isCancel, toAppError } from '../core/errors.ts'
import { nameOf } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import type { Timed } from '../core/timed.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'
import type { LogFile } from '../telemetry/log-file.ts'
import { pointsOf } from '../telemetry/metrics.ts'
import { Recorder } from '../telemetry/recorder.ts'
import { NOTHING_SEEN, type Seen, seenIn } from '../telemetry/seen.ts'
import { EXPORT_LIMIT, type Unsent } from '../telemetry/send.ts'
import { type Outcome, Trace } from '../telemetry/trace.ts'
import { machineId } from './machine-id.ts'
import type { MirrorList } from './mirror-book.ts'
import type { Collector, Planned } from './planned.ts'
import { hideAll } from './private-hosts.ts'
import { version } from '../../package.json'

/** What a body of work is given to be seen by. */
export type Watch = {
  report(report: TaskReport): void
  timed: Timed
  /** The run's name in the history. */
  named(run: string): void
  /** How the plan came about, and whom to tell. */
  planned(planned: Planned): void
  /** Whom to tell; without it nobody is told. */
  tell(collector: Collector | null): void
}

/** `id`: what the run is called until the history names it. */
export type Watched = { kind: string; id: string; report(report: TaskReport): void }

export type ObserverParts = {
  sys: System
  places: Places
  log: LogFile
  mirrors(): Promise<MirrorList>
  /** A client that goes the way the tools go: proxies, authorities. */
  client(timeout: number): Promise<MirrorClient>
}

/** Looks at runs: writes the log of each, and tells a collector where the profile names one. Changes no run's outcome. */
export class Observer {
  readonly #parts: ObserverParts

  constructor(parts: ObserverParts) {
    this.#parts = parts
  }

  /**
   * Runs `work`, and answers and throws what it does. `withFinding`: puts into the answer that a collector was not
   * reached; it costs at most `EXPORT_LIMIT`.
   */
  async watch<T>(
    { kind, id, report }: Watched,
    work: (watch: Watch) => Promise<T>,
    withFinding: (result: T, finding: Finding) => T = (result) => result,
  ): Promise<T> {
    const recorder = new Recorder(this.#parts.log, id, () => this.#hide(), kind !== 'uninstall')
    let known: Trace | undefined
    const trace = new Trace({ kind, told: (happened) => recorder.take(known, happened) })
    known = trace
    let planned: Planned | null = null
    let collector: Collector | null = null
    const watch: Watch = {
      report(one) {
        trace.hear(one)
        report(one)
      },
      async timed(part, work) {
        await recorder.settled(trace)
        return trace.timed(part, work)
      },
      named: (run) => recorder.name(run),
      planned(how) {
        planned = how
        collector = how.collector
      },
      tell(to) {
        collector = to
      },
    }
    const over = async (outcome: Outcome, result: unknown, error: AppError | null): Promise<Finding | null> => {
      try {
        return await this.#over({ kind, trace, recorder, planned, collector }, outcome, result, error)
      } catch {
        // Whatever is wrong with looking on, the run is what counts.
        return null
      }
    }
    let result: T
    try {
      result = await work(watch)
    } catch (error) {
      await over(isCancel(error) ? 'cancelled' : 'failed', null, toAppError(error))
      throw error
    }
    const finding = await over('done', result, null)
    return finding === null ? result : withFinding(result, finding)
  }

  async #over(
    { kind, trace, recorder, planned, collector }: Over,
    outcome: Outcome,
    result: unknown,
    error: AppError | null,
  ): Promise<Finding | null> {
    const name = await this.#namer()
    let seen: Seen = outcome === 'done' ? seenIn(kind, result, name) : NOTHING_SEEN
    if (planned !== null) {
      const sources = planned.sources.map((source) => ({ ...source, mirror: name(source.chosen[0] ?? null) }))
      const parent = trace.add('plan', {}, planned.from, planned.to, trace.root)
      for (const { target, mirror, from, to } of sources) trace.add('source', { target, mirror }, from, to, parent)
      seen = { ...seen, chosen: [...sources, ...seen.chosen] }
    }
    trace.end(outcome, error, { changed: seen.changed, ...numbersOf(seen) })
    const unsent = collector === null ? null : await this.#send(collector, trace, seen)
    if (unsent !== null) recorder.unsent(trace, unsent)
    await recorder.end(trace, seen.changed)
    if (unsent === null) return null
    return { id: 'telemetry.unsent', severity: 'info', note: { key: 'plan:telemetry.unsent', values: unsent } }
  }

  async #send({ url, limit }: Collector, trace: Trace, seen: Seen): Promise<Unsent | null> {
    const [{ exportAll }, { metricsOf, tracesOf }] = await Promise.all([
      import('../telemetry/send.ts'),
      import('../telemetry/otlp.ts'),
    ])
    const resource = {
      version,
      instance: await this.#instance(),
      os: OS[os.platform()] ?? os.platform(),
      arch: ARCH[os.arch()] ?? os.arch(),
    }
    const parts = {
      traces: tracesOf(trace, resource),
      metrics: metricsOf(pointsOf(trace, seen), trace.root, resource),
    }
    const most = Math.min(limit ?? EXPORT_LIMIT, EXPORT_LIMIT)
    const http = await this.#parts.client(most)
    try {
      return await exportAll(parts, {
        url,
        limit: most,
        async post(to, body, signal) {
          const headers = { 'content-type': 'application/json' }
          // A redirect would lead what is told to somebody whom the profile does not name.
          const ask = { method: 'POST', body, headers, timeout: most, maxBytes: 64 * 1024, follow: false } as const
          const answer = await http.ask(to, ask, signal)
          return { status: answer.status, headers: answer.headers, body: new TextDecoder().decode(answer.body) }
        },
      })
    } finally {
      http.close()
    }
  }

  /** A number for this machine that leads back to nothing: systemd's machine-id(5) asks that the id itself stays here. */
  async #instance(): Promise<string> {
    const id = await machineId(this.#parts.sys, this.#parts.places)
    const hash = createHash('sha256').update(`goready telemetry\0${id}`).digest('hex')
    return hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  /** Names of mirrors that everybody knows; anybody else's is `own`, also out of a catalogue that somebody named. */
  async #namer(): Promise<(url: string | null) => string> {
    const { mirrors, origin } = await this.#parts.mirrors()
    const known = new Set(
      origin === 'file' ? [] : mirrors.flatMap(({ own, url }) => (own === true ? [] : [new URL(url).host])),
    )
    return (url) => {
      if (url === null) return 'official'
      // GOPROXY is a list.
      const first = /https?:\/\/[^,|]+/.exec(url)?.[0] ?? ''
      const host = URL.canParse(first) ? new URL(first).host : ''
      return known.has(host) ? host : 'own'
    }
  }

  async #hide(): Promise<(text: string) => string> {
    const { home } = this.#parts.places
    const { mirrors } = await this.#parts.mirrors()
    const known = mirrors.flatMap(({ own, url }) => (own === true ? [] : [url]))
    return hideAll({ user: nameOf(home), home, known })
  }
}

type Over = {
  kind: string
  trace: Trace
  recorder: Recorder
  planned: Planned | null
  collector: Collector | null
}

/** OpenTelemetry's words for what Node calls otherwise. */
const OS: Readonly<Record<string, string>> = { win32: 'windows' }
const ARCH: Readonly<Record<string, string>> = { x64: 'amd64', ia32: 'x86', arm: 'arm32' }

const numbersOf = ({ chosen, bytes }: Seen): Record<string, string | number> => ({
  ...Object.fromEntries(chosen.map(({ target, mirror }) => [`mirror.${target}`, mirror])),
  ...(bytes.length === 0 ? {} : { bytes: bytes.reduce((sum, one) => sum + one.bytes, 0) }),
})
