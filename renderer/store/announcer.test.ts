import { afterEach, expect, test, vi } from 'vitest'
import { say, useAnnouncer } from './announcer.ts'

afterEach(() => vi.useRealTimers())

test('at most one sentence in two seconds; of several that wait the newest', () => {
  vi.useFakeTimers({ now: 1_000_000 })
  const spoken = () => useAnnouncer.getState().sentence
  say('one')
  expect(spoken()).toBe('one')
  vi.advanceTimersByTime(500)
  say('two')
  say('three')
  expect(spoken()).toBe('one')
  vi.advanceTimersByTime(1499)
  expect(spoken()).toBe('one')
  vi.advanceTimersByTime(1)
  expect(spoken()).toBe('three')
})
