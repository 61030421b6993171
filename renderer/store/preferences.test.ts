import { expect, test } from 'vitest'
import { FIRST_PREFERENCES, spoken } from './preferences.ts'

test('--lang beats the stored language, and that beats the system', () => {
  const chinese = { ...FIRST_PREFERENCES, language: 'zh-CN' } as const
  expect(spoken(chinese, '?lang=en', ['zh-CN'])).toBe('en')
  expect(spoken(chinese, '', ['en'])).toBe('zh-CN')
  expect(spoken(FIRST_PREFERENCES, '', ['zh-TW', 'en'])).toBe('zh-CN')
})
