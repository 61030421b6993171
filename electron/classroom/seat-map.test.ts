import { expect, test } from 'vitest'
import type { Seat } from '../contract/classroom.ts'
import { readLine, type RoomEvent } from './events.ts'
import { countSeats, SeatMap, viewOf } from './seat-map.ts'
import { waveSizes, wavesOf } from './waves.ts'

const seat = (name: string): Seat => ({ name, address: name, system: 'linux' })
const map = (...names: readonly string[]) =>
  new SeatMap(
    names.map((name) => viewOf(seat(name), null, null)),
    'apply',
  )
const report = (name: string, state: string) => ({
  version: 1,
  seat: name,
  at: '2026-11-30T08:00:00Z',
  state,
  step: 'check',
  changed: true,
  program: null,
  go: null,
  run: null,
  seconds: 1,
  verdict: null,
  findings: [],
  error: null,
  cause: null,
})

test('seats go from waiting over running to what their report says', () => {
  const room = map('a', 'b', 'c')
  const states = () => room.views.map(({ state }) => state).join(' ')
  room.hear({ event: 'wave', wave: 1, seats: ['a'] })
  expect(room.hear({ event: 'begun', seat: 'a' })).toHaveLength(1)
  expect(states()).toBe('running waiting waiting')
  room.hear({ event: 'seat', seat: 'a', report: report('a', 'well') })
  room.hear({ event: 'wave', wave: 2, seats: ['b'] })
  room.hear({ event: 'begun', seat: 'b' })
  room.hear({ event: 'broken', seat: 'b', state: 'unreachable', cause: 'Connection refused' })
  expect(states()).toBe('well unreachable waiting')
  expect(room.fraction).toBeCloseTo(2 / 3)
  room.end(null, true)
  expect(states()).toBe('well unreachable held')
  expect(room.views.map(({ wave }) => wave)).toEqual([1, 2, null])
  expect(countSeats(room.views)).toEqual({ well: 1, unreachable: 1, held: 1 })
})

test('a seat that says it is another one, or that nobody knows, changes nothing of the others', () => {
  const room = map('a', 'b')
  room.hear({ event: 'seat', seat: 'a', report: report('b', 'well') })
  expect(room.views.map(({ state }) => state)).toEqual(['failed', 'waiting'])
  expect(room.hear({ event: 'begun', seat: '__proto__' })).toEqual([])
})

test('what was running when the room was called off says so', () => {
  const room = map('a', 'b')
  room.hear({ event: 'begun', seat: 'a' })
  room.end({ key: 'room:reason.cancelled' }, false)
  expect(room.views.map(({ state, reason }) => [state, reason?.key])).toEqual([
    ['failed', 'room:reason.cancelled'],
    ['waiting', undefined],
  ])
})

test('events stand between words for people', () => {
  const event: RoomEvent = { event: 'begun', seat: 'pc1' }
  expect(readLine(`\u001e${JSON.stringify(event)}`)).toEqual(event)
  expect(readLine('\u001e{"event":"other"}')).toBeNull()
  expect(readLine('\u001e{')).toBeNull()
  expect(readLine('PLAY [Set the room up] *****************')).toBe('PLAY [Set the room up]')
  expect(readLine('TASK [goready.classroom.goready : Judge the seat] ****')).toBe('TASK [Judge the seat]')
  expect(readLine('fatal: [pc1]: FAILED! => {"msg": "x", "report": {}}')).toBe('fatal: [pc1]: FAILED!')
  expect(readLine('changed: [pc1]')).toBe('changed: [pc1]')
  expect(readLine('...ignoring')).toBeNull()
  expect(readLine(`+GOPROXY=${'x'.repeat(1000)}`)).toHaveLength(401)
})

test('waves are counted as Ansible counts them', () => {
  expect(waveSizes(40, [1, '10%', '50%', '100%'])).toEqual([1, 4, 20, 15])
  expect(waveSizes(3, [1, '10%', '50%', '100%'])).toEqual([1, 1, 1])
  expect(waveSizes(10, [3])).toEqual([3, 3, 3, 1])
  expect(waveSizes(0, ['100%'])).toEqual([])
  expect(wavesOf(5, [1, '100%'])).toEqual([1, 2, 2, 2, 2])
})
