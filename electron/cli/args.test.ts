import { expect, test } from 'vitest'
import { toAppError } from '../core/errors.ts'
import { langOf, readArgs } from './args.ts'

const read = (...argv: string[]) => readArgs(argv, {})
const refused = (...argv: string[]) => {
  try {
    read(...argv)
  } catch (error) {
    return toAppError(error)
  }
  throw new Error('it was accepted')
}

test('words, options and the rest behind --', () => {
  const args = read('run', '--image', 'golang:1.26', '--', 'go', 'build', '--json')
  expect(args).toMatchObject({ words: ['run'], image: 'golang:1.26', rest: ['go', 'build', '--json'], json: false })
  expect(read('apply', '--profile', 'x.yml', '-y', '--timeout', '1.5')).toMatchObject({
    profile: 'x.yml',
    yes: true,
    timeout: 1500,
  })
})

test.each([
  [['--nope']],
  [['--timeout', 'x']],
  [['--timeout', '0']],
  [['--lang', 'fr']],
  [['--on-conflict', 'maybe']],
  [['--json=1']],
])('%j is refused', (argv) => {
  expect(refused(...argv).code).toBe('bad-arguments')
})

test('the language follows the locale', () => {
  expect(langOf({ LANG: 'zh_CN.UTF-8' })).toBe('zh-CN')
  expect(langOf({ LANG: 'zh_CN.UTF-8', LC_ALL: 'en_US.UTF-8' })).toBe('en')
  expect(langOf({})).toBe('en')
})
