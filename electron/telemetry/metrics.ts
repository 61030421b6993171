import { SEAT_STATES } from '../contract/classroom.ts'
import type { Seen } from './seen.ts'
import type { Facts, Span } from './span.ts'
import type { Trace } from './trace.ts'

/**
 * One measured number with its labels. `sum`: adds up over runs; `histogram`: how often it was how long; `gauge`: how
 * it stands now.
 */
export type Metric = {
  name: string
  description: string
  /** UCUM; braces hold a remark (OpenTelemetry, "Instrument unit"). */
  unit: 's' | 'By' | '{run}' | '{failure}' | '{choice}' | '{seat}'
  kind: 'sum' | 'histogram' | 'gauge'
}

/** Everything that is ever sent, by name. The dashboard asks for no other. */
export const METRICS = {
  runs: { name: 'goready.runs', description: 'Runs that ended', unit: '{run}', kind: 'sum' },
  run: { name: 'goready.run.duration', description: 'Time of a run', unit: 's', kind: 'histogram' },
  step: { name: 'goready.step.duration', description: 'Time of a step', unit: 's', kind: 'histogram' },
  failures: { name: 'goready.failures', description: 'Failures by code', unit: '{failure}', kind: 'sum' },
  chosen: { name: 'goready.mirror.chosen', description: 'Sources that were chosen', unit: '{choice}', kind: 'sum' },
  bytes: { name: 'goready.download.size', description: 'Bytes that were downloaded', unit: 'By', kind: 'sum' },
  seats: { name: 'goready.seats', description: 'Seats of a room by their state', unit: '{seat}', kind: 'gauge' },
} as const satisfies Record<string, Metric>

export type Point = { metric: Metric; value: number; labels: Facts }

const seconds = ({ start, end }: Span): number => Math.max(0, ((end ?? start) - start) / 1000)

/** What one run comes to. */
export function pointsOf(trace: Trace, seen: Seen): readonly Point[] {
  const { kind, outcome, error, root } = trace
  const labels = { kind, outcome }
  return [
    { metric: METRICS.runs, value: 1, labels: { ...labels, changed: seen.changed } },
    { metric: METRICS.run, value: seconds(root), labels },
    ...trace.steps().map((span) => ({
      metric: METRICS.step,
      value: seconds(span),
      labels: { kind, step: span.facts.step ?? '', outcome: span.failed === null ? 'done' : 'failed' },
    })),
    ...(outcome === 'failed' && error !== null
      ? [{ metric: METRICS.failures, value: 1, labels: { kind, code: error.code } }]
      : []),
    ...seen.chosen.map(({ target, mirror }) => ({ metric: METRICS.chosen, value: 1, labels: { target, mirror } })),
    ...seen.bytes.map(({ what, mirror, bytes }) => ({ metric: METRICS.bytes, value: bytes, labels: { what, mirror } })),
    ...(seen.seats === null
      ? []
      : SEAT_STATES.map((state) => ({ metric: METRICS.seats, value: seen.seats?.[state] ?? 0, labels: { state } }))),
  ]
}
