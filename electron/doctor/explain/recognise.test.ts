import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CAUSES, explain } from './recognise.ts'

const folder = 'electron/doctor/explain/texts'
/** What the tools really printed: `=== CAUSE | SOURCE`, then the text. */
const texts = readdirSync(folder).flatMap((file) =>
  readFileSync(`${folder}/${file}`, 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((section) => {
      const [head = '', ...lines] = section.split('\n')
      const [cause = '', source = ''] = head.split(' | ')
      return { file, cause, source, text: lines.join('\n').trim() }
    }),
)

test('there are enough texts, of every tool, and each names its source', () => {
  expect(texts.length).toBeGreaterThan(180)
  expect(new Set(texts.map(({ text }) => text)).size).toBe(texts.length)
  for (const { source, text } of texts) {
    expect(source).not.toBe('')
    expect(text).not.toBe('')
  }
})

describe.each(texts)('$cause ($source)', ({ cause, text }) => {
  test('is the first cause of its text', () => {
    expect(explain(text)[0]?.cause).toBe(cause)
  })
  test('is found in Windows line ends, in colours, and inside a longer log', () => {
    const coloured = text.split('\n').map((line) => `\u001b[31m${line}\u001b[0m`)
    expect(explain(coloured.join('\r\n'))[0]?.cause).toBe(cause)
    expect(explain(`$ something\nfine so far\n${text}\n$ \n`)[0]?.cause).toBe(cause)
  })
})

test('every cause has a text that shows it', () => {
  expect(CAUSES.filter((cause) => !texts.some((text) => text.cause === cause))).toEqual([])
})

test.each(['en', 'zh-CN'])('%s: every cause has its sentences, and they fill with what the texts hold', (lang) => {
  const words: unknown = JSON.parse(readFileSync(`renderer/i18n/${lang}/explain.json`, 'utf8'))
  const table = words as Record<string, { what: string; todo: string }>
  expect(CAUSES.filter((cause) => table[cause]?.what === undefined || table[cause].todo === undefined)).toEqual([])
  for (const { cause, text } of texts) {
    const { values = {} } = explain(text)[0] ?? {}
    const holes = [...`${table[cause]?.what} ${table[cause]?.todo}`.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name)
    expect(
      holes.filter((name) => values[name ?? ''] === undefined),
      `${cause}: ${text}`,
    ).toEqual([])
  }
})

test('a secret in the text is not shown', () => {
  const [found] = explain(
    'go: x@v1: Get "https://user:s3cret@goproxy.example/x/@v/list": dial tcp: lookup goproxy.example: no such host',
  )
  expect(JSON.stringify(found)).not.toContain('s3cret')
})

test('what is no error says nothing', () => {
  for (const text of ['', 'go version go1.26.5 linux/amd64', 'Hello, world', 'added 1 package in 2s', '<html></html>'])
    expect(explain(text)).toEqual([])
})

test('any text is read in bounded time, and never throws', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3000 }), (text) => {
      expect(Array.isArray(explain(text))).toBe(true)
    }),
    { numRuns: 300 },
  )
  const long = `go: ${'lookup '.repeat(2000)}${' on x: '.repeat(2000)}\n`.repeat(30)
  expect(explain(long)).toEqual([])
})
