import { expect, test } from 'vitest'
import { openingPlace, readPlace } from './place.ts'

const main = { x: 0, y: 0, width: 1920, height: 1040 }
const second = { x: 1920, y: 0, width: 1280, height: 984 }
const saved = { x: 2000, y: 100, width: 800, height: 600, maximized: false }

test('a window comes back to where it stood, also on a second display', () => {
  expect(openingPlace(saved, [main, second])).toEqual({ x: 2000, y: 100, width: 800, height: 600 })
})

test('without that display, or with the title bar out of reach, it opens as usual', () => {
  expect(openingPlace(saved, [main])).toEqual({ width: 960, height: 680 })
  expect(openingPlace({ ...saved, x: 0, y: -200 }, [main])).toEqual({ width: 960, height: 680 })
  expect(openingPlace({ ...saved, x: 0, y: 1030 }, [main])).toEqual({ width: 960, height: 680 })
  expect(openingPlace(null, [])).toEqual({ width: 960, height: 680 })
})

test('a small display cuts it, but not below the smallest window', () => {
  expect(openingPlace(null, [{ x: 0, y: 0, width: 911, height: 480 }])).toEqual({ width: 911, height: 480 })
  expect(openingPlace(null, [{ x: 0, y: 0, width: 320, height: 240 }])).toEqual({ width: 480, height: 340 })
})

test.each([
  null,
  7,
  {},
  { x: '1', y: 2, width: 3, height: 4 },
  { x: 1, y: 2, width: 0, height: 4 },
  { x: 1, y: 2, width: 3.5, height: 4 },
])('%j is no place', (value) => {
  expect(readPlace(value)).toBeNull()
})

test('a saved place is read back', () => {
  expect(readPlace(JSON.parse(JSON.stringify({ ...saved, maximized: true })))).toEqual({ ...saved, maximized: true })
})
