import i18next from 'i18next'
import { beforeAll, expect, test } from 'vitest'
import { setUpTexts } from '../i18n/setup.ts'
import { FIRST_PROFILE } from '../store/wizard.ts'
import { soFarText } from './so-far.ts'

beforeAll(() => setUpTexts('zh-CN'))
const facts = { image: 'golang:1.27', size: 298_000_000 }
const own = { ...FIRST_PROFILE, env: { set: { A: '1' }, path: ['/opt/x'] } }

test('the sentence grows with the pages, in Chinese', async () => {
  await i18next.changeLanguage('zh-CN')
  expect(soFarText(FIRST_PROFILE, facts, 'image')).toBe('将做：拉取 golang:1.27（298 MB）。不会改动任何文件。')
  expect(soFarText(FIRST_PROFILE, facts, 'sources')).toBe(
    '将做：拉取 golang:1.27（298 MB）。设置 Go 模块和 Docker 的下载源。',
  )
  expect(soFarText(own, { ...facts, size: null }, 'env')).toBe(
    '将做：拉取 golang:1.27。设置 Go 模块和 Docker 的下载源。写入 2 项自己的设置。',
  )
})

test('and in English', async () => {
  await i18next.changeLanguage('en')
  expect(soFarText(own, facts, 'env')).toBe(
    'Download golang:1.27 (298 MB). Set the source of Go modules and Docker. Write 2 settings of your own.',
  )
  expect(soFarText({ version: 1 }, { image: null, size: null }, 'env')).toBe('Nothing to do so far.')
})
