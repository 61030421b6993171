import { expect, test } from 'vitest'
import { raceResultSchema, type RaceResult } from '../../contract/mirror.ts'
import { choose } from './choose.ts'
import { keptRacesSchema, lastRace, withRace } from './kept.ts'
import { Meter } from './meter.ts'
import { deal, markCrowded, nextAlone, type Rated } from './rank.ts'
import { spreadOrder } from './spread.ts'

/** A meter that got `rates[i]` bytes in each ten milliseconds. */
function metered(...rates: number[]): Meter {
  const meter = new Meter(0)
  for (const [at, bytes] of rates.entries()) meter.add(bytes, 100 + at * 10)
  return meter
}
const times = (count: number, value: number): number[] => Array.from({ length: count }, () => value)

test('the rate leaves slow start out, and notices a throttle behind a fast beginning', () => {
  const steady = metered(...times(21, 10_000))
  expect(steady.rate(300, false)).toBeCloseTo(1_000_000, -4)
  const slowStart = metered(...times(7, 1000), ...times(14, 20_000))
  expect(slowStart.rate(300, false)).toBeGreaterThan(1_900_000)
  const throttled = metered(...times(7, 100_000), ...times(14, 1000))
  expect(throttled.rate(300, false)).toBeLessThan(150_000)
})

test('a rate that still grows is seen, and so is one that has settled or stands still', () => {
  expect(metered(...times(8, 100), ...times(6, 1000), ...times(7, 20_000)).growing(300)).toBe(true)
  expect(metered(...times(21, 10_000)).growing(300)).toBe(false)
  expect(metered(...times(5, 10_000)).growing(400)).toBe(false)
})

test('of a small body the whole request counts, and silence lowers a rate', () => {
  const small = new Meter(0)
  small.add(1000, 100)
  expect(small.rate(500, true)).toBe(10_000)
  const meter = metered(...times(21, 10_000))
  expect(meter.rate(1300, false)).toBe(0)
})

const rated = (together: number | null, alone: number | null = null, crowded = false): Rated => ({
  together,
  alone,
  crowded,
})

test('who was held back by the others runs alone, who was slow by itself does not', () => {
  const group = [rated(40), rated(38), rated(10), rated(5)]
  markCrowded(group, 95)
  expect(group.map(({ crowded }) => crowded)).toEqual([true, true, false, false])
  const alone = [rated(60), rated(3)]
  markCrowded(alone, 100)
  expect(alone.map(({ crowded }) => crowded)).toEqual([false, false])
})

test('the finals end when nobody that is left could be better by more than a tenth', () => {
  const best = rated(40, 90)
  const held = rated(30, null, true)
  expect(nextAlone([best, held, rated(20)], 100, 1)).toBeNull()
  expect(nextAlone([rated(40, 50), held, rated(20)], 100, 1)).toBe(held)
  expect(nextAlone([rated(40, 50), rated(44), rated(20)], 100, 1)).toBeNull()
  expect(nextAlone([rated(40, 50), rated(20), rated(25)], 100, 2)?.together).toBe(25)
  expect(nextAlone([rated(null), rated(1, 1)], 100, 3)).toBeNull()
})

test('neighbours of the order go into different groups', () => {
  expect(deal([1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([
    [1, 4, 7],
    [2, 5, 8],
    [3, 6, 9],
  ])
  expect(deal([], 4)).toEqual([])
})

const entries = ['a', 'b', 'c', 'd'].map((id) => ({ url: `https://${id}.example` }))

test('a room full of machines is spread over equals, and each keeps its own', () => {
  const first = Array.from({ length: 300 }, (_, at) => spreadOrder(entries, `machine ${at}`)[0]?.url ?? '')
  for (const { url } of entries) expect(first.filter((one) => one === url).length).toBeGreaterThan(40)
  // Another one that drops out moves nobody that was not on it.
  const without = entries.slice(0, 3)
  for (const [at, url] of first.entries())
    if (url !== 'https://d.example') expect(spreadOrder(without, `machine ${at}`)[0]?.url).toBe(url)
})

const ranked = (id: string, rate: number, official = false) => ({
  candidate: { id, url: `https://${id}.example`, name: { zh: id, en: id }, official, own: false },
  rate,
})

test('only those within a tenth are equals; what was chosen last time stays a little further', () => {
  const list = [ranked('a', 100), ranked('b', 85), ranked('c', 70)]
  for (const machine of ['x', 'y', 'z']) expect(choose('npm', list, machine, []).chosen).toEqual(['https://a.example'])
  expect(choose('npm', list, 'x', ['https://b.example'])).toMatchObject({
    chosen: ['https://b.example'],
    why: { key: 'mirror:why.again' },
  })
  expect(choose('npm', list, 'x', ['https://c.example']).chosen).toEqual(['https://a.example'])
  const near = [ranked('a', 100), ranked('b', 95)]
  const seen = new Set(Array.from({ length: 40 }, (_, at) => choose('npm', near, `${at}`, []).chosen[0]))
  expect([...seen].toSorted((a = '', b = '') => (a < b ? -1 : 1))).toEqual(['https://a.example', 'https://b.example'])
})

test('a chain for Go and Docker; the default is an empty choice, and Docker asks it by itself', () => {
  const list = [ranked('a', 100), ranked('hub', 50, true), ranked('b', 40)]
  expect(choose('go', list, 'x', []).chosen).toEqual(['https://a.example', 'https://hub.example'])
  expect(choose('docker', list, 'x', []).chosen).toEqual(['https://a.example', 'https://b.example'])
  expect(choose('pip', [ranked('hub', 100, true), ranked('a', 5)], 'x', [])).toMatchObject({
    chosen: [],
    why: { key: 'mirror:why.fastest' },
  })
  expect(choose('go', [], 'x', [])).toMatchObject({ chosen: [], why: { key: 'mirror:why.none' } })
})

const result = (target: RaceResult['target'], startedAt: string, count = 0): RaceResult => ({
  target,
  startedAt,
  ms: 1,
  bytes: 1,
  limits: { ms: 6000, bytes: 1 },
  artefact: 'x',
  entries: Array.from({ length: count }, (_, at) => ({
    id: `${at}`,
    url: 'https://a.example',
    name: { zh: 'a', en: 'a' },
    official: false,
    own: false,
    state: 'out',
    reason: 'tls',
    cause: 'c'.repeat(5000),
    speed: null,
    fresh: 'unknown',
    safe: 'unknown',
    numbers: {
      connectMs: null,
      tlsMs: null,
      firstByteMs: null,
      rate: null,
      bytes: 0,
      status: null,
      date: null,
      hashes: {},
      via: null,
    },
  })),
  chosen: [],
  why: { key: 'mirror:why.none' },
  conflicts: [],
})

test('of each target the newest is kept, bounded; the old and the impossible do not count', () => {
  const now = Date.parse('2026-11-22T12:00:00Z')
  const kept = withRace(
    [result('go', '2026-11-01T00:00:00Z'), result('npm', '2026-11-20T00:00:00Z')],
    result('go', '2026-11-21T00:00:00Z', 100),
  )
  expect(kept.races.map(({ target }) => target)).toEqual(['npm', 'go'])
  expect(kept.races[1]?.entries).toHaveLength(64)
  expect(kept.races[1]?.entries[0]?.cause).toHaveLength(2048)
  expect(keptRacesSchema.safeParse(kept).success).toBe(true)
  expect(keptRacesSchema.safeParse({ ...kept, version: 2 }).success).toBe(false)
  expect(raceResultSchema.safeParse(kept.races[1]).success).toBe(true)
  expect(lastRace(kept.races, 'go', now)?.startedAt).toBe('2026-11-21T00:00:00Z')
  expect(lastRace(kept.races, 'pip', now)).toBeNull()
  expect(lastRace([result('go', '2026-09-01T00:00:00Z')], 'go', now)).toBeNull()
  expect(lastRace([result('go', '2027-01-01T00:00:00Z')], 'go', now)).toBeNull()
})
