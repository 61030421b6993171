import { beforeEach, expect, test } from 'vitest'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import { aMirror } from '../../electron/contract/test-mirror.ts'
import type { ProbeResult } from '../../electron/contract/wizard.ts'
import { type Probe, probeKey, ranked, useSources } from './sources.ts'
import { playMain } from './test-bridge.ts'

const mirror = (id: string, status: MirrorView['status'] = 'alive', target: MirrorView['target'] = 'go'): MirrorView =>
  aMirror({ id, target, url: `https://${id}.example`, status })
const mirrors = [mirror('a', 'dead'), mirror('b'), mirror('c'), mirror('d', 'upstream'), mirror('e')]
const ids = mirrors.map(({ id }) => id)

test('the ranking: quickest, unasked, failed, dead; equals stay where they are', () => {
  const probes = new Map<string, Probe>([
    [probeKey('go', 'https://b.example'), { state: 'failed', cause: null }],
    [probeKey('go', 'https://d.example'), { state: 'ok', ms: 80 }],
    [probeKey('go', 'https://e.example'), { state: 'ok', ms: 20 }],
  ])
  expect(ranked(ids, mirrors, probes)).toEqual(['e', 'd', 'c', 'b', 'a'])
  expect(ranked(ids, mirrors, new Map())).toEqual(['b', 'c', 'd', 'e', 'a'])
})

let waiting: Map<string, (result: ProbeResult) => void>
beforeEach(() => {
  waiting = new Map()
  playMain({
    'mirror.list': () => mirrors,
    'mirror.probe': ({ urls }) => new Promise((resolve) => waiting.set(urls[0] ?? '', (result) => resolve([result]))),
  })
})
const until = (done: () => boolean) => expect.poll(done).toBe(true)

test('a measurement asks all that are alive side by side, moves nothing meanwhile and re-orders once', async () => {
  const measured = useSources.getState().measure('go', ['https://own.example'])
  expect(useSources.getState().measure('go')).toBe(measured)
  await until(() => waiting.size === 5)
  expect(waiting.has('https://a.example')).toBe(false)
  const order = useSources.getState().order.go
  for (const [url, answer] of waiting)
    answer({ url, ok: url !== 'https://c.example', ms: url.length, cause: 'timeout' })
  await measured
  const { pending, probes } = useSources.getState()
  expect(useSources.getState().order.go).toBe(order)
  expect(pending.go).toBe(0)
  expect(probes.get(probeKey('go', 'https://own.example'))).toMatchObject({ state: 'ok' })
  expect(probes.get(probeKey('go', 'https://c.example'))).toEqual({ state: 'failed', cause: 'timeout' })
  useSources.getState().settle('go')
  expect(useSources.getState().order.go).toEqual(['b', 'd', 'e', 'c', 'a'])
})
