import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { CodedError, toAppError } from '../core/errors.ts'
import { type Metric, METRICS, pointsOf } from './metrics.ts'
import { metricsOf } from './otlp.ts'
import { NOTHING_SEEN } from './seen.ts'
import { Trace } from './trace.ts'

const schema = z.object({
  uid: z.string(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
  panels: z.array(
    z.object({
      id: z.number(),
      title: z.string(),
      datasource: z.object({ uid: z.string() }),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z.array(z.object({ expr: z.string().optional(), query: z.string().optional() })).min(1),
    }),
  ),
})
const dashboard = schema.parse(JSON.parse(readFileSync('assets/dashboards/goready.json', 'utf8')))
const queries = dashboard.panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr ?? []))

/** The names that Prometheus knows a metric by (OpenTelemetry, "Prometheus and OpenMetrics Compatibility"). */
function prometheusNames({ name, unit, kind }: Metric): readonly string[] {
  const base = name.replaceAll('.', '_')
  const whole = unit === 's' ? `${base}_seconds` : unit === 'By' ? `${base}_bytes` : base
  if (kind === 'histogram') return ['bucket', 'sum', 'count'].map((part) => `${whole}_${part}`)
  return [kind === 'sum' ? `${whole}_total` : whole]
}

/** The labels of everything that a run with all in it sends, by metric. */
function labels(): Set<string> {
  const trace = new Trace({ kind: 'room' })
  trace.hear({ type: 'step', step: 'room', state: 'running' })
  trace.end('failed', toAppError(new CodedError('no-space')))
  const seen = {
    ...NOTHING_SEEN,
    chosen: [{ target: 'go' as const, mirror: 'own' }],
    bytes: [{ what: 'image' as const, mirror: 'own', bytes: 1 }],
    seats: { well: 3 },
  }
  const sent = metricsOf(pointsOf(trace, seen), trace.root, { version: '1', instance: 'x', os: 'linux', arch: 'amd64' })
  const metrics = sent.resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((one) => one.metrics))
  expect(metrics.map(({ name }) => name).toSorted()).toEqual(
    Object.values(METRICS)
      .map(({ name }) => name as string)
      .toSorted(),
  )
  const keys = JSON.stringify(metrics).matchAll(/"key":"([^"]+)"/g)
  return new Set([...keys].map(([, key = '']) => key.replaceAll('.', '_')))
}

test('every metric that the dashboard asks for is one that is sent, and each that is sent is shown', () => {
  const known = new Set(Object.values(METRICS).flatMap((metric) => prometheusNames(metric)))
  const asked = new Set(queries.flatMap((query) => query.match(/goready_\w+(?=[[{])/g) ?? []))
  for (const name of asked) expect(known).toContain(name)
  for (const metric of Object.values(METRICS))
    expect(
      prometheusNames(metric).some((name) => asked.has(name)),
      metric.name,
    ).toBe(true)
})

test('every label that it groups or picks by is one that is sent', () => {
  const known = new Set([...labels(), 'le'])
  for (const query of queries) {
    const groups = [...query.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/))
    const picked = [...query.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label)
    for (const label of [...groups, ...picked]) expect(known).toContain(label)
  }
})

test('its panels have sources that are chosen when it is imported, and none lies over another', () => {
  const sources = dashboard.templating.list.map(({ name }) => `\${${name}}`)
  const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
  )
  expect(new Set(cells).size).toBe(cells.length)
  for (const { datasource } of dashboard.panels) expect(sources).toContain(datasource.uid)
  expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length)
})
