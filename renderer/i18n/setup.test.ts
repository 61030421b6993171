import i18next from 'i18next'
import { expect, test } from 'vitest'
import { firstLanguage, setUpTexts } from './setup.ts'

test.each([
  ['?lang=en', ['zh-CN'], 'en'],
  ['?lang=zh-CN', ['en-US'], 'zh-CN'],
  ['', ['zh-TW', 'en'], 'zh-CN'],
  ['', ['fr', 'en-GB', 'zh'], 'en'],
  ['', ['fr'], 'en'],
  ['?lang=fr', ['zh-CN'], 'en'],
])('%s with %j speaks %s', (search, wanted, language) => {
  expect(firstLanguage(search, wanted)).toBe(language)
})

test('every namespace is loaded in both languages, with values put in and nothing escaped twice', async () => {
  await setUpTexts('zh-CN')
  expect(i18next.t('check-up:check.docker.running', { version: '<28>' })).toContain('<28>')
  expect(i18next.t('error:cancelled.what')).toBe('已取消。')
  await i18next.changeLanguage('en')
  expect(i18next.t('check-up:ready')).toBe('Ready to start')
})
