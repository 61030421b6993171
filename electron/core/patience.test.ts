import fc from 'fast-check'
import { expect, test } from 'vitest'
import { NO_POLICY, pauseBefore, policyOf, retriesOf, stallFor, type Wait, waitFor } from './patience.ts'

const WAITS: readonly Wait[] = [
  ...(['request', 'registry', 'agree', 'distribution', 'catalogue', 'trial', 'tool', 'apt'] as const),
  ...(['receipt', 'size', 'diagnosis'] as const),
]
const policy = (timeout: string, retries?: number) =>
  policyOf({ policy: { timeout, ...(retries === undefined ? {} : { retries }) } })

test('a profile without a policy says nothing', () => {
  expect(policyOf({})).toEqual(NO_POLICY)
  expect(policy('10s', 0)).toEqual({ timeout: 10_000, retries: 0 })
})

test.each(WAITS)('%s: the profile’s time bounds it, shorter and longer', (wait) => {
  expect(waitFor(wait, policy('500ms'))).toBe(500)
  expect(waitFor(wait, policy('60s'))).toBeLessThanOrEqual(60_000)
  expect(waitFor(wait, policy('60s'))).toBeGreaterThanOrEqual(waitFor(wait))
})

test('what is a courtesy is not lengthened by a patient profile nor by a slow way', () => {
  expect(waitFor('size', policy('60s'))).toBe(2500)
  expect(waitFor('size', NO_POLICY, { rtt: 2000, rate: null })).toBe(2500)
})

test('a near source changes nothing, a far one gets its round trips, and no more than three times the usual', () => {
  expect(waitFor('request', NO_POLICY, { rtt: 20, rate: null })).toBe(4000)
  expect(waitFor('request', NO_POLICY, { rtt: 500, rate: null })).toBe(8000)
  expect(waitFor('request', NO_POLICY, { rtt: 60_000, rate: null })).toBe(12_000)
  expect(waitFor('request', policy('1s'), { rtt: 60_000, rate: null })).toBe(1000)
})

test('a silence is as long as the download would take three times over, within bounds', () => {
  const measured = (rate: number) => ({ rtt: null, rate })
  expect(stallFor(90_000_000)).toBe(180_000)
  expect(stallFor(null, NO_POLICY, measured(1_000_000))).toBe(180_000)
  expect(stallFor(90_000_000, NO_POLICY, measured(50_000_000))).toBe(30_000)
  expect(stallFor(90_000_000, NO_POLICY, measured(2_000_000))).toBe(135_000)
  expect(stallFor(90_000_000, NO_POLICY, measured(1000))).toBe(600_000)
  expect(stallFor(90_000_000, policy('10s'), measured(1000))).toBe(10_000)
})

test('no retries are none; without a word it is one', () => {
  expect(retriesOf(policy('1s', 0))).toBe(0)
  expect(retriesOf(policy('1s', 7))).toBe(7)
  expect(retriesOf(NO_POLICY)).toBe(1)
  expect(retriesOf(NO_POLICY, 0)).toBe(0)
})

test('pauses grow, keep their chance within a half, and end at half a minute or at the profile’s time', () => {
  expect([1, 2, 3, 4, 9].map((attempt) => pauseBefore(attempt, NO_POLICY, 1))).toEqual([1000, 2000, 4000, 8000, 30_000])
  expect(pauseBefore(1, NO_POLICY, 0)).toBe(500)
  expect(pauseBefore(9, policy('2s'), 1)).toBe(2000)
})

test('whatever is measured, a wait is finite and positive', () => {
  const number = fc.option(fc.double({ min: 0, max: 1e12, noNaN: true }), { nil: null })
  fc.assert(
    fc.property(fc.constantFrom(...WAITS), number, number, number, (wait, rtt, rate, bytes) => {
      for (const ms of [waitFor(wait, NO_POLICY, { rtt, rate }), stallFor(bytes, NO_POLICY, { rtt, rate })])
        expect(ms > 0 && ms <= 600_000).toBe(true)
    }),
  )
})
