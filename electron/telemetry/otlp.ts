import type { Metric, Point } from './metrics.ts'
import type { Facts, Span } from './span.ts'
import type { Trace } from './trace.ts'

/**
 * OTLP/HTTP with JSON by hand (opentelemetry-proto, "JSON Protobuf Encoding"): lowerCamelCase names, 64-bit integers
 * as decimal strings, trace and span ids as hexadecimal digits, enums as numbers. The official packages would bring
 * several hundred kilobytes, settings out of OTEL_* variables of the environment, and a sender of their own that knows
 * neither this machine's proxies nor its authorities.
 */

const KIND_INTERNAL = 1
const STATUS = { unset: 0, ok: 1, error: 2 } as const
/** A run is a process of its own, or as good as one: what it adds is told, not a total that nobody keeps. */
const DELTA = 1
/** Upper bounds in seconds: from a file that is written to an image over a slow line. */
export const BOUNDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800] as const

/** Nanoseconds since 1970. The fractions of a millisecond are less than a double can hold, so they are added apart. */
const nano = (ms: number): string =>
  String(BigInt(Math.trunc(ms)) * 1_000_000n + BigInt(Math.trunc((ms % 1) * 1_000_000)))

const value = (one: string | number | boolean) => {
  if (typeof one === 'string') return { stringValue: one }
  if (typeof one === 'boolean') return { boolValue: one }
  return Number.isInteger(one) ? { intValue: String(one) } : { doubleValue: one }
}
const attributes = (facts: Facts) => Object.entries(facts).map(([key, one]) => ({ key, value: value(one) }))
/** Names of our own stand under our own name (OpenTelemetry, "Attribute naming"). */
const own = (facts: Facts) =>
  attributes(
    Object.fromEntries(
      Object.entries(facts).map(([key, one]) => [key === 'code' ? 'error.type' : `goready.${key}`, one]),
    ),
  )

export type Resource = { version: string; instance: string; os: string; arch: string }

const resourceOf = ({ version, instance, os, arch }: Resource) => ({
  attributes: attributes({
    'service.name': 'goready',
    'service.version': version,
    'service.instance.id': instance,
    'os.type': os,
    'host.arch': arch,
  }),
})
const scopeOf = ({ version }: Resource) => ({ name: 'goready', version })

const spanOf = (trace: string, { id, parent, name, start, end, facts, failed }: Span) => ({
  traceId: trace,
  spanId: id,
  ...(parent === null ? {} : { parentSpanId: parent }),
  name,
  kind: KIND_INTERNAL,
  startTimeUnixNano: nano(start),
  endTimeUnixNano: nano(end ?? start),
  attributes: own({ ...facts, ...(failed === null ? {} : { code: failed }) }),
  status: failed === null ? { code: STATUS.unset } : { code: STATUS.error, message: failed },
})

/** An `ExportTraceServiceRequest`. What is only for this machine's log is not in it. */
export const tracesOf = (trace: Trace, resource: Resource) => ({
  resourceSpans: [
    {
      resource: resourceOf(resource),
      scopeSpans: [{ scope: scopeOf(resource), spans: trace.spans.map((span) => spanOf(trace.id, span)) }],
    },
  ],
})

/** An `ExportMetricsServiceRequest`. */
export function metricsOf(points: readonly Point[], { start, end }: Span, resource: Resource) {
  const times = { startTimeUnixNano: nano(start), timeUnixNano: nano(end ?? start) }
  const groups = groupsOf(points, ({ metric }) => metric)
  const metrics = [...groups].map(([metric, all]) => ({
    name: metric.name,
    description: metric.description,
    unit: metric.unit,
    ...dataOf(metric, all, times),
  }))
  return {
    resourceMetrics: [{ resource: resourceOf(resource), scopeMetrics: [{ scope: scopeOf(resource), metrics }] }],
  }
}

type Times = { startTimeUnixNano: string; timeUnixNano: string }

/** Points of the same labels are one data point (OpenTelemetry, "Single-Writer"). */
function dataOf({ kind }: Metric, points: readonly Point[], times: Times) {
  const alike = [
    ...groupsOf(points, ({ labels }) =>
      JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    ).values(),
  ]
  const labelsOf = ([first]: readonly Point[]) => own(first?.labels ?? {})
  const total = (same: readonly Point[]): number => same.reduce((sum, point) => sum + point.value, 0)
  switch (kind) {
    case 'gauge':
      return {
        gauge: {
          dataPoints: alike.map((same) => ({
            attributes: labelsOf(same),
            timeUnixNano: times.timeUnixNano,
            asInt: String(same.at(-1)?.value ?? 0),
          })),
        },
      }
    case 'sum':
      return {
        sum: {
          dataPoints: alike.map((same) => ({
            attributes: labelsOf(same),
            ...times,
            asInt: String(Math.round(total(same))),
          })),
          aggregationTemporality: DELTA,
          isMonotonic: true,
        },
      }
    case 'histogram':
      return {
        histogram: {
          dataPoints: alike.map((same) => ({
            attributes: labelsOf(same),
            ...times,
            count: String(same.length),
            sum: total(same),
            bucketCounts: bucketsOf(same).map(String),
            explicitBounds: [...BOUNDS],
          })),
          aggregationTemporality: DELTA,
        },
      }
  }
}

/** How many lie up to each bound, and how many beyond the last. */
function bucketsOf(points: readonly Point[]): readonly number[] {
  const counts = [...BOUNDS, Infinity].map(() => 0)
  for (const { value: one } of points) {
    const at = BOUNDS.findIndex((bound) => one <= bound)
    const index = at < 0 ? BOUNDS.length : at
    counts[index] = (counts[index] ?? 0) + 1
  }
  return counts
}

function groupsOf<T, K>(all: readonly T[], keyOf: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>()
  for (const one of all) {
    const group = groups.get(keyOf(one))
    if (group === undefined) groups.set(keyOf(one), [one])
    else group.push(one)
  }
  return groups
}
