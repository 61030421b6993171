import { rootCertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { secureContextOf } from './secure.ts'

test('the same list is read once', () => {
  const list = rootCertificates.slice(0, 3)
  expect(secureContextOf(list)).toBe(secureContextOf(list))
  expect(secureContextOf([...list])).not.toBe(secureContextOf(list))
})
