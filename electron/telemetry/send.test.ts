import { expect, test } from 'vitest'
import { exportAll, type Post } from './send.ts'

const PARTS = { traces: { resourceSpans: [] }, metrics: { resourceMetrics: [] } }
const answer = (status: number, headers: Record<string, string> = {}, body = '{}') => ({ status, headers, body })
const url = 'https://collector.example:4318/otlp/'

/** A collector that gives these answers to traces, one after the other, and takes all metrics. */
function collector(...answers: readonly ReturnType<typeof answer>[]) {
  const asked: string[] = []
  const left = [...answers]
  const post: Post = async (to) => {
    asked.push(to)
    return to.endsWith('traces') ? (left.shift() ?? answer(200)) : answer(200)
  }
  return { post, asked, traces: () => asked.filter((to) => to.endsWith('traces')).length }
}

test('both parts go below the address that the profile names', async () => {
  const { post, asked } = collector()
  expect(await exportAll(PARTS, { url, post })).toBeNull()
  expect(asked.toSorted()).toEqual([
    'https://collector.example:4318/otlp/v1/metrics',
    'https://collector.example:4318/otlp/v1/traces',
  ])
})

test.each([429, 502, 503, 504])('after %d it tries again', async (status) => {
  const { post, traces } = collector(answer(status), answer(status))
  expect(await exportAll(PARTS, { url, post, random: () => 0 })).toBeNull()
  expect(traces()).toBe(3)
})

test.each([400, 401, 301, 307, 500, 404])('after %d it does not', async (status) => {
  const { post, traces } = collector(answer(status, { location: 'https://elsewhere.example/' }))
  expect(await exportAll(PARTS, { url, post })).toEqual({ host: 'collector.example:4318', reason: `HTTP ${status}` })
  expect(traces()).toBe(1)
})

test('a Retry-After that fits is kept to; one that does not ends it at once', async () => {
  const short = collector(answer(429, { 'retry-after': '1' }))
  const before = performance.now()
  expect(await exportAll(PARTS, { url, post: short.post })).toBeNull()
  expect(performance.now() - before).toBeGreaterThan(950)
  const long = collector(answer(503, { 'retry-after': '30' }))
  const again = performance.now()
  expect(await exportAll(PARTS, { url, post: long.post })).toMatchObject({ reason: 'HTTP 503' })
  expect(performance.now() - again).toBeLessThan(500)
})

test('a collector that hangs, even one that hears no abort, costs its limit and no more', async () => {
  const before = performance.now()
  const post: Post = () => new Promise(() => {})
  expect(await exportAll(PARTS, { url, post, limit: 300 })).toMatchObject({ reason: 'no answer within 300 ms' })
  expect(performance.now() - before).toBeLessThan(1000)
})

test('what a collector takes only in part is told', async () => {
  const { post } = collector(answer(200, {}, '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"full"}}'))
  expect(await exportAll(PARTS, { url, post })).toMatchObject({ reason: '3 rejected' })
})
