import { expect, test } from 'vitest'
import { toAppError } from './errors.ts'

test('a closed file is told of by its name, whatever else the system says is a mistake of ours', () => {
  const closed = Object.assign(new Error('EACCES: permission denied, lstat'), { code: 'EACCES', path: '/home/chen/x' })
  expect(toAppError(closed)).toMatchObject({ code: 'no-permission', values: { path: '/home/chen/x' } })
  expect(toAppError(Object.assign(closed, { code: 'EIO' })).code).toBe('internal')
  expect(toAppError(new Error('any')).code).toBe('internal')
})
