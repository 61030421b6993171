import { expect, test } from 'vitest'
import { verdictOf } from './doctor-verdict.ts'

const one = (severity: 'info' | 'warning' | 'error', muted = false) => ({ severity, muted })

test('the gravest finding that counts makes the verdict', () => {
  expect(verdictOf([])).toBe('ready')
  expect(verdictOf([one('info')])).toBe('ready')
  expect(verdictOf([one('info'), one('warning')])).toBe('remark')
  expect(verdictOf([one('warning'), one('error')])).toBe('broken')
})

test('a muted finding does not count', () => {
  expect(verdictOf([one('error', true)])).toBe('ready')
  expect(verdictOf([one('error', true), one('warning')])).toBe('remark')
})
