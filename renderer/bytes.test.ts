import { expect, test } from 'vitest'
import { bytesText } from './bytes.ts'

test.each([
  [298_000_000, '298 MB'],
  [860_400_000, '860 MB'],
  [1_250_000_000, '1.3 GB'],
  [12_300, '12 kB'],
  [3, '1 kB'],
])('%i bytes read %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})
