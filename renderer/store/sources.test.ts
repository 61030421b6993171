import { beforeEach, expect, test } from 'vitest'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import { aMirror } from '../../electron/contract/test-mirror.ts'
import { bestEntry, bestRate, sourceRows } from './source-rows.ts'
import { OFFICIAL, ranked, useSources } from './sources.ts'
import { playMain } from './test-bridge.ts'
import { anEntry, aResult } from './test-race.ts'

const mirror = (id: string, status: MirrorView['status'] = 'alive', target: MirrorView['target'] = 'go'): MirrorView =>
  aMirror({ id, target, url: `https://${id}.example`, status })
const mirrors = [mirror('a', 'dead'), mirror('b'), mirror('c'), mirror('d', 'upstream'), mirror('e')]
const ids = mirrors.map(({ id }) => id)
const result = aResult([
  anEntry({ id: 'e' }),
  anEntry({ id: 'builtin', url: 'https://d.example', official: true }),
  anEntry({ id: 'b', state: 'out', reason: 'stale' }),
])

test('the ranking: as the race said, unmeasured, out, dead; equals stay where they are', () => {
  expect(ranked(ids, mirrors, result)).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(ranked(ids, mirrors, aResult([]))).toEqual(['b', 'c', 'd', 'e', 'a'])
})

beforeEach(() => {
  useSources.setState({ mirrors: [], reading: 'waiting', order: { go: [], docker: [], npm: [], pip: [], apt: [] } })
})

test('the list moves only when it is settled; an own one that is added comes last and moves nobody', async () => {
  playMain({ 'mirror.list': () => mirrors })
  await useSources.getState().reload()
  expect(useSources.getState().order.go).toEqual(ids)
  useSources.getState().settle(result)
  const settled = ['e', 'd', 'c', 'b', 'a']
  expect(useSources.getState().order.go).toEqual(settled)
  playMain({ 'mirror.list': () => [mirror('own'), ...mirrors.slice(1)] })
  await useSources.getState().reload()
  expect(useSources.getState().order.go).toEqual(['e', 'd', 'c', 'b', 'own'])
})

test("where no catalogue names the tool's own default, a place of its own stands for it", async () => {
  playMain({ 'mirror.list': () => [mirror('n', 'alive', 'npm')] })
  await useSources.getState().reload()
  const { order, mirrors: known } = useSources.getState()
  expect(order.npm).toEqual([OFFICIAL, 'n'])
  const npm = aResult([anEntry({ id: 'n' }), anEntry({ id: 'npm-itself', url: 'https://d.example', official: true })], {
    target: 'npm',
  })
  const live = { state: 'measuring' as const, bar: 0.3, reason: null }
  const rows = sourceRows({
    target: 'npm',
    mirrors: known,
    order: order.npm,
    result: npm,
    progress: {
      target: 'npm',
      phase: 'groups',
      fraction: 0.4,
      ms: 1,
      bytes: 1,
      entries: [
        { ...live, id: 'n' },
        { ...live, id: 'npm-itself', bar: 0.6 },
      ],
    },
  }).alive
  expect(rows.map(({ kind, entry, live: at }) => [kind, entry?.id, at?.bar])).toEqual([
    ['official', 'npm-itself', 0.6],
    ['mirror:n', 'n', 0.3],
  ])
})

test('the best of a race is what it chose; nothing chosen means the default, if it is good', () => {
  expect(bestEntry(result)?.id).toBe('e')
  expect(bestEntry({ ...result, chosen: [] })?.id).toBe('builtin')
  expect(bestEntry({ ...result, chosen: [], entries: result.entries.slice(2) })).toBeNull()
  expect(bestEntry(undefined)).toBeNull()
  expect(bestRate(result)).toBe(1_000_000)
})
