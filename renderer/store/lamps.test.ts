import { expect, test } from 'vitest'
import { opinionOf, withOpinion } from './lamps.ts'
import { aCheck, aCheckUp, aFinding } from './test-doctor.ts'

const network = { category: 'network' as const }

test('the network is well where its checks came to that, and nothing is said where they did not', () => {
  expect(opinionOf(aCheckUp(aCheck('n', [], network))).network).toBe('well')
  expect(
    opinionOf(aCheckUp(aCheck('n', [], network), aCheck('m', [], { ...network, state: 'late' }))).network,
  ).toBeNull()
  expect(opinionOf(aCheckUp(aCheck('go'))).network).toBeNull()
})

test('errors make a lamp doubtful, warnings and what is muted do not', () => {
  const found = aFinding('certificate.expired', { category: 'certificate' })
  const of = (more: Partial<typeof found>) => opinionOf(aCheckUp(aCheck('c', [{ ...found, ...more }], network))).network
  expect(of({})).toBe('broken')
  expect(of({ muted: true })).toBe('well')
  expect(of({ severity: 'warning' })).toBeNull()
})

test('a check-up turns a lamp only where a quick look cannot know better', () => {
  expect(withOpinion('ok', 'broken')).toBe('warning')
  expect(withOpinion('error', 'broken')).toBe('error')
  expect(withOpinion('warning', 'well')).toBe('ok')
  expect(withOpinion('error', 'well')).toBe('error')
  expect(withOpinion('ok', null)).toBe('ok')
})
