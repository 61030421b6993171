import { expect, test } from 'vitest'
import { plainJson, spellHidden } from './hidden.ts'

test('what can be seen stays; what hides or steers is spelled', () => {
  expect(spellHidden('a\u202eb\u0000\tPATH 中文 😀\n')).toBe('a‹U+202E›b‹U+0000›\tPATH 中文 😀\n')
  expect(spellHidden('\u001b[31m\u009b2J\r\ud800')).toBe('‹U+001B›[31m‹U+009B›2J‹U+000D›‹U+D800›')
  expect(spellHidden('\u{e0041}')).toBe('‹U+E0041›')
})

test('JSON keeps its meaning without a character that steers', () => {
  const value = { a: '\u001b]0;x\u0007\u009b2J\u202e\u{e0041}\u007f\ud800 😀' }
  const text = plainJson(value)
  expect(JSON.parse(text)).toEqual(value)
  expect(text).toMatch(/^[\u0020-\u007e😀]*$/u)
})
