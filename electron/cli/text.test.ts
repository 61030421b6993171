import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { PROFILE_REASONS, REASONS } from '../contract/grammar.ts'
import { targetSchema } from '../contract/mirror.ts'
import { ERROR_CODES } from '../contract/note.ts'
import { STEP_IDS } from '../contract/task.ts'
import { openText, sizeText } from './text.ts'

const folder = 'renderer/i18n'
const keysOf = (value: unknown, path = ''): string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => keysOf(inner, `${path}.${key}`))
    : [path]
const load = (lang: string, file: string): unknown => JSON.parse(readFileSync(`${folder}/${lang}/${file}`, 'utf8'))
const files = readdirSync(`${folder}/en`)

test('both languages have the same files', () => {
  expect(readdirSync(`${folder}/zh-CN`)).toEqual(files)
  expect(files.length).toBeGreaterThan(6)
})

test.each(files)('%s: both languages have the same keys and the same values in them', (file) => {
  const [en, zh] = [load('en', file), load('zh-CN', file)]
  expect(keysOf(zh).toSorted()).toEqual(keysOf(en).toSorted())
  expect(keysOf(en).length).toBeGreaterThan(0)
  // A plural form for exactly one may leave the number out.
  const holes = (value: unknown, key: string): string[] =>
    [...JSON.stringify(value).matchAll(/\{\{(\w+)\}\}/g)]
      .map((match) => match[1] ?? '')
      .filter((name) => !(name === 'count' && key.endsWith('_one')))
  const byKey = (value: unknown, key: string) =>
    key
      .split('.')
      .slice(1)
      .reduce<unknown>(
        (at, part) =>
          typeof at === 'object' && at !== null ? Object.entries(at).find(([name]) => name === part)?.[1] : undefined,
        value,
      )
  for (const key of keysOf(en))
    expect(holes(byKey(zh, key) ?? '', key).toSorted(), key).toEqual(holes(byKey(en, key) ?? '', key).toSorted())
})

test('Chinese sentences hold Chinese, without exclamation marks in either language', () => {
  for (const file of files) {
    // Whoever can't read the page must still find the way out of its language.
    expect(JSON.stringify(load('en', file)).replace(/Language \/ 语言|语言 \/ Language|中文/g, '')).not.toMatch(
      /[\u4e00-\u9fff！]/,
    )
    expect(JSON.stringify(load('zh-CN', file))).not.toMatch(/[！]/)
    expect(JSON.stringify(load('zh-CN', file))).toMatch(/[\u4e00-\u9fff]/)
  }
})

test.each(['en', 'zh-CN'] as const)('%s: every error and every step has its sentences', async (lang) => {
  const text = await openText(lang)
  for (const code of ERROR_CODES) {
    const [what, todo] = text.error({ code })
    expect(what).not.toBe(`${code}.what`)
    expect(todo).not.toBe(`${code}.todo`)
  }
  for (const step of STEP_IDS) expect(text.say(`step:${step}`)).not.toBe(step)
})

test.each(['en', 'zh-CN'] as const)('%s: every reason of a grammar and of a profile has its words', async (lang) => {
  const text = await openText(lang)
  const reasons = [...REASONS, ...PROFILE_REASONS]
  for (const reason of reasons) {
    const [what = ''] = text.error({ code: 'bad-profile', values: { line: 3, key: 'image', reason } })
    expect(what).toContain('image')
    expect(what).not.toMatch(new RegExp(`[:：] ?${reason}[.。]$`))
    expect(what).not.toMatch(/\{\{|[.。]{2}$/)
  }
  // Nothing is left in the texts that no check says any more.
  expect(keysOf(load(lang, 'grammar.json')).toSorted()).toEqual(reasons.map((reason) => `.${reason}`).toSorted())
})

test.each(targetSchema.options)('what was chosen automatically for %s names it in words', async (target) => {
  const values = { target, url: 'https://a.test', ms: 1, of: 2, value: 'off' }
  for (const lang of ['en', 'zh-CN'] as const) {
    const { say } = await openText(lang)
    const name = say(`plan:target.${target}`)
    expect(name).not.toContain('target')
    expect(say('error:source-unreachable.what', values)).toContain(name)
    for (const how of ['kept', 'official', 'fastest', 'unasked'])
      expect(say(`plan:auto.${how}`, values).startsWith(name)).toBe(true)
  }
})

test('a profile that is wrong as a whole names the line or the entry alone', async () => {
  const text = await openText('en')
  const said = (values: Record<string, string | number>) => text.error({ code: 'bad-profile', values })[0]
  expect(said({ line: 7, key: '', reason: 'encoding' })).toBe(
    'The profile can’t be used (line 7): The file is not UTF-8 text.',
  )
  expect(said({ key: 'env.path', reason: 'bad-path' })).toContain('(“env.path”)')
})

test('an error tells what happened, what to do, why, and what is left', async () => {
  const text = await openText('en')
  const lines = text.error({
    code: 'bad-profile',
    values: { line: 3, key: 'image', reason: 'bad-image' },
    cause: 'raw',
    remaining: ['/etc/x'],
  })
  expect(lines[0]).toContain('line 3')
  expect(lines[0]).not.toContain('bad-image')
  expect(lines.slice(2)).toEqual(['Details: raw', 'These could not be given back:', '  /etc/x'])
})

test('sizes', () =>
  expect([0, 999, 1000, 298_000_000, 1_234_567_890].map(sizeText)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '298 MB',
    '1.2 GB',
  ]))
