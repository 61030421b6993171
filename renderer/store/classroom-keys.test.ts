import { expect, test } from 'vitest'
import { nextTile } from './classroom-keys.ts'

// Three columns; the first wave is one seat alone:
// 0
// 1 2 3
// 4 5
const places = [
  { left: 0, top: 0 },
  { left: 0, top: 50 },
  { left: 100, top: 50 },
  { left: 200, top: 50 },
  { left: 0, top: 100 },
  { left: 100, top: 100 },
]

test.each([
  ['ArrowDown', 0, 1],
  ['ArrowDown', 2, 5],
  ['ArrowDown', 3, 5],
  ['ArrowDown', 5, null],
  ['ArrowUp', 3, 0],
  ['ArrowUp', 5, 2],
  ['ArrowUp', 0, null],
  ['ArrowRight', 3, 4],
  ['ArrowRight', 5, 5],
  ['ArrowLeft', 0, 0],
  ['Home', 4, 0],
  ['End', 0, 5],
  ['a', 0, null],
  ['ArrowDown', -1, null],
])('%s from %i leads to %s', (key, at, to) => {
  expect(nextTile(key, at, places)).toBe(to)
})
