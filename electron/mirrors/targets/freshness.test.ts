import { expect, test } from 'vitest'
import { DAY } from './compare.ts'
import { type Age, freshness } from './freshness.ts'
import { compareRelease, compareSemver, isRelease } from './versions.ts'

const now = Date.parse('2026-11-22T12:00:00Z')
const ago = (days: number): string => new Date(now - days * DAY).toISOString()
const judge = (ages: Record<string, [string, number | null]>, official: readonly string[] = []) =>
  Object.fromEntries(
    freshness(
      new Map(
        Object.entries(ages).map(([id, [version, days]]): [string, Age] => [
          id,
          { version, date: days === null ? null : ago(days) },
        ]),
      ),
      new Set(official),
      compareSemver,
      now,
    ),
  )

test('older than the others by more than a day is stale, by less it is not', () => {
  expect(judge({ a: ['v1.2.0', 3], b: ['v1.2.0', 3], c: ['v1.1.0', 30] })).toEqual({
    a: 'fresh',
    b: 'fresh',
    c: 'stale',
  })
  expect(judge({ a: ['v1.2.0', 3], b: ['v1.2.0', 3], c: ['v1.1.0', 3.5] })).toMatchObject({ c: 'fresh' })
  expect(judge({ a: ['v1.2.0', 3], b: ['v1.1.0', 30] })).toEqual({ a: 'fresh', b: 'stale' })
})

test('what came out an hour ago makes nobody stale but the last one without it', () => {
  const hour = 1 / 24
  expect(judge({ a: ['v1.2.0', hour], b: ['v1.1.0', 30], c: ['v1.1.0', 30], d: ['v1.1.0', 30] }, ['a'])).toEqual({
    a: 'fresh',
    b: 'fresh',
    c: 'fresh',
    d: 'fresh',
  })
  expect(judge({ a: ['v1.2.0', hour], b: ['v1.2.0', hour], c: ['v1.1.0', 30] })).toMatchObject({ c: 'stale' })
})

test('one source that makes up a version turns nobody out; two, or the official one, are believed', () => {
  const liar: [string, number] = ['v99.0.0', 5]
  const honest: [string, number] = ['v1.2.0', 30]
  expect(judge({ x: liar, a: honest, b: honest, c: honest })).toEqual({
    x: 'fresh',
    a: 'fresh',
    b: 'fresh',
    c: 'fresh',
  })
  expect(judge({ x: liar, a: honest, b: honest, c: honest }, ['x'])).toMatchObject({ a: 'stale' })
  expect(judge({ x: liar, y: liar, a: honest, b: honest })).toMatchObject({ a: 'stale', b: 'stale' })
})

test('without dates the version decides, and one alone is not judged', () => {
  expect(judge({ a: ['v1.2.0', null], b: ['v1.2.0', null], c: ['v1.1.0', null] })).toMatchObject({ c: 'stale' })
  expect(judge({ a: ['v1.2.0', 3] })).toEqual({ a: 'unknown' })
  // A copy that was written later than the version it lacks.
  expect(judge({ a: ['v1.2.0', 9], b: ['v1.2.0', 9], c: ['v1.1.0', 1] })).toMatchObject({ c: 'stale' })
})

test('versions in their order', () => {
  const sorted = ['v1.0.0-alpha', 'v1.0.0-alpha.1', 'v1.0.0-alpha.beta', 'v1.0.0-rc.1', 'v1.0.0', 'v1.2.0', 'v1.10.0']
  expect([...sorted].toReversed().toSorted(compareSemver)).toEqual(sorted)
  expect(compareSemver('v1.0.0+incompatible', 'v1.0.0')).toBe(0)
  expect(['v1.0.0', '1.2.3', 'v2.0.0+incompatible', 'v1.0.0-rc.1', 'v1'].map(isRelease)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ])
  expect(['2.10', '2.9.1', '2.9'].toSorted(compareRelease)).toEqual(['2.9', '2.9.1', '2.10'])
})
