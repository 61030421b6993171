import { beforeAll, expect, test } from 'vitest'
import { PROFILE_REASONS, REASONS } from '../../electron/contract/grammar.ts'
import { ERROR_CODES } from '../../electron/contract/note.ts'
import { setUpTexts } from '../i18n/setup.ts'
import { RequestError } from '../api.ts'
import { errorOf, errorText, errorWords, fittingPage } from './run-error.ts'

beforeAll(() => setUpTexts('en'))

test.each(ERROR_CODES)('%s is said in words that name no key, with something to do', (code) => {
  const { what, todo } = errorWords({ code })
  expect(what).not.toMatch(/^error:|^run:/)
  expect(todo).not.toMatch(/^error:|^run:|goready (image|history|--help)|--[a-z]/)
  expect(fittingPage(code)).toBeTruthy()
})

test('a profile that cannot be used is told with its line and the reason in words', () => {
  const said = (reason: string) => errorWords({ code: 'bad-profile', values: { line: 2, key: 'imag', reason } }).what
  expect(said('unknown-key')).toContain('line 2, “imag”')
  for (const reason of [...REASONS, ...PROFILE_REASONS])
    expect(said(reason)).not.toMatch(new RegExp(`: ${reason}\\.$|\\.\\.$`))
  expect(said('something new')).toContain('something new')
})

test('a file that cannot be read is no word on a command line', () => {
  const { what, todo } = errorWords({ code: 'bad-arguments', values: { reason: 'cli:reason.file', path: '/x.yaml' } })
  expect(`${what} ${todo}`).toContain('/x.yaml')
  expect(`${what} ${todo}`).not.toMatch(/command|goready/i)
})

test('what is copied holds the code, the cause and what was not given back', () => {
  const text = errorText({ code: 'no-space', values: { path: '/x' }, cause: 'ENOSPC', remaining: ['/y'] })
  for (const part of ['[no-space]', '/x', 'ENOSPC', '/y']) expect(text).toContain(part)
})

test('what a request threw keeps its code, anything else is internal', () => {
  expect(errorOf(new RequestError({ code: 'busy' }))).toEqual({ code: 'busy' })
  expect(errorOf(new Error('odd'))).toMatchObject({ code: 'internal', cause: 'Error: odd' })
})
