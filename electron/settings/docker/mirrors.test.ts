import { expect, test } from 'vitest'
import { isMirror } from './mirrors.ts'

// What dockerd 20.10.24 itself said of each.
test.each([
  ['https://a.example', true],
  ['http://127.0.0.1:5000/', true],
  ['HTTPS://a.example', true],
  ['https://a.example?', true],
  ['127.0.0.1:5000', false],
  ['a.example', false],
  ['https://a.example/?x', false],
  ['https://a.example/#f', false],
  ['https://u:p@a.example', false],
  ['https:/a.example', false],
  [' https://a.example', false],
  ['https://a.example/hub', false],
])('%j as a mirror of an engine of before 24: %s', (mirror, taken) => {
  expect(isMirror(mirror, true)).toBe(taken)
})

test('an engine of today takes a path, too', () => {
  expect(isMirror('https://a.example/hub', false)).toBe(true)
})
