import { expect, test } from 'vitest'
import type { Probe } from '../../probe/probe.ts'
import { clockFault } from './clock.ts'

const NOW = Date.parse('2026-11-30T12:00:00Z')
const MINUTE = 60_000

const probe = (host: string, offMinutes: number | null): Probe => ({
  endpoint: {
    ...{ target: 'npm', url: `http://${host}/`, from: 'here', byDefault: false, role: 'source', login: false },
    turn: { list: '', at: 0, passes: 'never', beyond: false },
  },
  ...{ ladder: [], broken: null, tls: null },
  clock: offMinutes === null ? null : { theirs: NOW + offMinutes * MINUTE, ours: NOW },
})
const fault = (...clocks: readonly (readonly [string, number | null])[]) =>
  clockFault(
    clocks.map(([host, off]) => probe(host, off)),
    NOW,
  )

test('two hosts that agree in another time prove that ours is wrong', () => {
  expect(fault(['a', 60], ['b', 61])).toMatchObject({ ours: NOW, theirs: NOW + 61 * MINUTE })
  expect(fault(['a', -4000], ['b', -4000], ['c', null])).toMatchObject({ theirs: NOW - 4000 * MINUTE })
})

test('what one host says, or two that differ, proves nothing', () => {
  expect(fault(['a', 60])).toBeNull()
  expect(fault(['a', 60], ['a', 60])).toBeNull()
  expect(fault(['a', 60], ['b', -30])).toBeNull()
  expect(fault(['a', 60], ['b', 0])).toBeNull()
  expect(fault(['a', 60], ['b', 60], ['c', 0], ['d', 0])).toBeNull()
})

test('some minutes are no fault', () => {
  expect(fault(['a', 4], ['b', 4])).toBeNull()
  expect(fault()).toBeNull()
})
