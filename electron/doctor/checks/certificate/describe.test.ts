import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { describe as shown } from './describe.ts'
import { dayOf } from './judge.ts'

/** DER's tag of a date with two digits for the year, and its length. */
const DATE = Buffer.from([0x17, 0x0d])

test('a certificate whose end is no date is shown all the same', () => {
  const { raw } = new X509Certificate(rootCertificates[0] ?? '')
  const until = raw.indexOf(DATE, raw.indexOf(DATE) + 1)
  raw.write('9999', until + 4)
  const bad = new X509Certificate(raw)
  expect(Date.parse(bad.validTo)).toBeNaN()
  expect(shown(bad)).toMatchObject({ until: bad.validTo, from: expect.stringMatching(/^\d{4}-/) })
})

test('a moment that is none is told as that', () => {
  expect(dayOf(Number.NaN)).toBe('?')
  expect(dayOf(0)).toBe('1970-01-01 00:00 UTC')
})
