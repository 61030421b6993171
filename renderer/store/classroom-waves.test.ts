import { expect, test } from 'vitest'
import type { SeatView } from '../../electron/contract/classroom.ts'
import { groupsOf, readWaves, waveSizes, wavesText } from './classroom-waves.ts'
import { aSeatView } from './test-classroom.ts'

test.each([
  [40, [1, '10%', '50%', '100%'], [1, 4, 20, 15]],
  [3, [1, '10%', '50%', '100%'], [1, 1, 1]],
  [7, [2], [2, 2, 2, 1]],
  [0, [1], []],
  [5, ['100%'], [5]],
])('%i seats by %j go as %j', (count, waves, sizes) => {
  expect(waveSizes(count, waves)).toEqual(sizes)
})

const names = (groups: ReturnType<typeof groupsOf>) =>
  groups.map(({ wave, seats }) => [wave, seats.map(({ seat }) => seat.name)])
const seats: SeatView[] = ['a', 'b', 'w', 'c'].map((name) => ({
  ...aSeatView(name, 'waiting'),
  wave: name === 'c' ? 1 : null,
}))

test('seats stand wave by wave in the order of the list, whatever a run over some of them tells', () => {
  expect(names(groupsOf(seats, [1, '100%']))).toEqual([
    [1, ['a']],
    [2, ['b', 'w', 'c']],
  ])
  expect(groupsOf([], [1])).toEqual([])
})

test.each([
  ['1, 10%, 50%, 100%', [1, '10%', '50%', '100%']],
  ['1，10 %、100%', [1, '10%', '100%']],
  ['5', [5]],
  ['', null],
  ['0', null],
  ['101%', null],
  ['some', null],
  ['501', null],
])('%j is read as %j', (text, waves) => {
  expect(readWaves(text)).toEqual(waves)
})

test('what is written is read again', () => {
  expect(readWaves(wavesText([1, '10%', 7]))).toEqual([1, '10%', 7])
})
