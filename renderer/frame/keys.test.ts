import { describe, expect, test } from 'vitest'
import { frameKey, type Key } from './keys.ts'

const key = (change: Partial<Key>): Key => ({
  key: 'Enter',
  keyCode: 13,
  isComposing: false,
  defaultPrevented: false,
  repeat: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...change,
})
const free = { control: false, popover: false }

test('Enter goes on where nothing takes keys', () => {
  expect(frameKey(key({}), free, 'go-version')).toBe('next')
  expect(frameKey(key({}), { control: true, popover: false }, 'go-version')).toBeNull()
})

test('Enter never starts anything on the review page', () => {
  expect(frameKey(key({}), free, 'review')).toBeNull()
})

describe('Enter does nothing', () => {
  test.each<Partial<Key>>([
    { isComposing: true },
    { keyCode: 229 },
    { defaultPrevented: true },
    { repeat: true },
    { shiftKey: true },
    { ctrlKey: true },
  ])('with %j', (change) => {
    expect(frameKey(key(change), free, 'check-up')).toBeNull()
  })
})

test('Esc goes back, also out of a field, but not out of a popover and not on the run page', () => {
  const escape = key({ key: 'Escape', keyCode: 27 })
  expect(frameKey(escape, free, 'review')).toBe('back')
  expect(frameKey(escape, { control: true, popover: false }, 'sources')).toBe('back')
  expect(frameKey(escape, { control: false, popover: true }, 'sources')).toBeNull()
  expect(frameKey(escape, free, 'run')).toBeNull()
})

test('other keys mean nothing to the frame', () => {
  expect(frameKey(key({ key: 'a', keyCode: 65 }), free, 'sources')).toBeNull()
})
