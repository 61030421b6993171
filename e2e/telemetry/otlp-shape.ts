import { z } from 'zod'

// The messages of opentelemetry-proto 1.x in their JSON encoding (OTLP specification, "JSON Protobuf Encoding"):
// lowerCamelCase names and no others, fixed64 and int64 as decimal strings, enums as numbers, ids as hexadecimal digits.

const fixed64 = z.string().regex(/^\d{1,20}$/)
const int64 = z.string().regex(/^-?\d{1,19}$/)
const uint32 = z.number().int().min(0)
const traceId = z.string().regex(/^(?!0{32})[0-9a-f]{32}$/)
const spanId = z.string().regex(/^(?!0{16})[0-9a-f]{16}$/)

const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: int64 }),
  z.strictObject({ doubleValue: z.number() }),
])
const attributes = z
  .array(z.strictObject({ key: z.string().min(1), value }))
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length, 'keys must be unique')
const resource = z.strictObject({ attributes })
const scope = z.strictObject({ name: z.string(), version: z.string() })

const spanSchema = z
  .strictObject({
    traceId,
    spanId,
    parentSpanId: spanId.optional(),
    name: z.string().min(1),
    /** SpanKind */
    kind: z.number().int().min(1).max(5),
    startTimeUnixNano: fixed64,
    endTimeUnixNano: fixed64,
    attributes,
    /** StatusCode */
    status: z.strictObject({ code: z.number().int().min(0).max(2), message: z.string().optional() }),
  })
  .refine((span) => BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano), 'ends before it begins')
export type ReceivedSpan = z.infer<typeof spanSchema>

export const tracesSchema = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({ resource, scopeSpans: z.array(z.strictObject({ scope, spans: z.array(spanSchema) })) }),
  ),
})

const times = { startTimeUnixNano: fixed64, timeUnixNano: fixed64 }
const temporality = z.number().int().min(1).max(2)
const pointSchema = z.strictObject({
  attributes,
  startTimeUnixNano: fixed64.optional(),
  timeUnixNano: fixed64,
  asInt: int64.optional(),
  asDouble: z.number().optional(),
  flags: uint32.optional(),
})
const histogramPoint = z
  .strictObject({
    attributes,
    ...times,
    count: fixed64,
    sum: z.number(),
    bucketCounts: z.array(fixed64),
    explicitBounds: z.array(z.number()),
  })
  .refine(({ bucketCounts, explicitBounds }) => bucketCounts.length === explicitBounds.length + 1, 'buckets')
  .refine(
    ({ bucketCounts, count }) => bucketCounts.reduce((sum, one) => sum + BigInt(one), 0n) === BigInt(count),
    'count',
  )

const named = { name: z.string().regex(/^[a-z][a-z0-9_.]{0,254}$/), description: z.string(), unit: z.string().max(63) }
const metricSchema = z.union([
  z.strictObject({ ...named, gauge: z.strictObject({ dataPoints: z.array(pointSchema).min(1) }) }),
  z.strictObject({
    ...named,
    sum: z.strictObject({
      dataPoints: z.array(pointSchema).min(1),
      aggregationTemporality: temporality,
      isMonotonic: z.boolean(),
    }),
  }),
  z.strictObject({
    ...named,
    histogram: z.strictObject({ dataPoints: z.array(histogramPoint).min(1), aggregationTemporality: temporality }),
  }),
])
export type ReceivedMetric = z.infer<typeof metricSchema>

export const metricsSchema = z.strictObject({
  resourceMetrics: z.array(
    z.strictObject({ resource, scopeMetrics: z.array(z.strictObject({ scope, metrics: z.array(metricSchema) })) }),
  ),
})

/** Attributes as an object. */
export const plain = (all: z.infer<typeof attributes>): Record<string, string | number | boolean> =>
  Object.fromEntries(all.map(({ key, value: one }) => [key, Object.values(one)[0] ?? '']))
