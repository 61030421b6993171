import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CodedError } from '../../core/errors.ts'
import { pipConfFormat } from './text.ts'

const KEY = 'global.index-url'
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const edit = (file: string | null, after: string | null, key = KEY): string | null =>
  text(pipConfFormat.edit(file === null ? null : utf8(file), [{ key, after }]))
const read = (file: string, key = KEY) => pipConfFormat.read(utf8(file)).get(key)

test('sets, replaces in place and removes; comments and other options stay', () => {
  const file = '; mine\n[global]\ntimeout = 60\nindex-url: https://old.example/simple\n# c\n\n[install]\nuser = yes\n'
  expect(edit(file, 'https://a.example/simple')).toBe(file.replace('https://old.example', 'https://a.example'))
  expect(edit(file, null)).toBe(file.replace('index-url: https://old.example/simple\n', ''))
  expect(edit(null, 'u')).toBe('[global]\nindex-url = u\n')
  expect(edit('[global]\nindex-url = u\n', null)).toBeNull()
  expect(edit('[install]\r\nuser = yes', 'u')).toBe('[install]\r\nuser = yes\r\n[global]\r\nindex-url = u\r\n')
  expect(edit('[global]', 'u')).toBe('[global]\nindex-url = u\n')
})

test('names in any case and with underscores, the last one counts, removing takes all of them', () => {
  const file = '[global]\nindex-url = a\nINDEX_URL=b\n'
  expect(read(file)).toBe('b')
  expect(edit(file, 'c')).toBe('[global]\nindex-url = a\nINDEX_URL=c\n')
  expect(edit(`${file}x = y\n`, null)).toBe('[global]\nx = y\n')
})

test('a value that goes on over more lines is replaced whole; comments between stay', () => {
  const file = '[global]\nindex-url =\n    https://old.example\n  # why\n    more\ntimeout = 1\n'
  expect(read(file)).toBe('\nhttps://old.example\nmore')
  expect(edit(file, 'u')).toBe('[global]\nindex-url = u\n  # why\ntimeout = 1\n')
})

test('what is indented stays an option of its own', () => {
  const file = '[global]\n    timeout = 60\n'
  expect(edit(file, 'u')).toBe('[global]\n    index-url = u\n    timeout = 60\n')
  expect(edit('  [global]\n  [install]\n', 'u')).toBe('  [global]\n  index-url = u\n  [install]\n')
})

test.each([
  ['a = b\n', 1],
  ['[global]\na = b\na = c\n', 3],
  ['[global]\nA = b\na = c\n', 3],
  ['[global]\n[x]\n[global]\n', 3],
  ['[global]\nnot an option\n', 2],
  ['[global]\n= x\n', 2],
  ['\ufeff[global]\n', 1],
])('refuses %j with its line, as Python does', (file, line) => {
  for (const attempt of [() => read(file), () => edit(file, 'u'), () => edit(file, null)])
    expect(attempt).toThrow(expect.objectContaining({ code: 'unparsable-file', values: { line } }))
})

test('what no line can hold is refused', () => {
  for (const value of ['a\nb', ' a', '', '\u0085a', 'a\u2028b']) expect(() => edit(null, value)).toThrow(TypeError)
  for (const key of ['index-url', 'global.', 'glo]bal.x', 'global.x=y'])
    expect(() => edit(null, 'u', key)).toThrow(TypeError)
})

const piece = fc.constantFrom(
  ...[
    '[global]',
    '[install]',
    '[DEFAULT]',
    '[',
    ']',
    'index-url',
    'INDEX_URL',
    'timeout',
    '=',
    ' = ',
    ':',
    '#',
    ';',
    ' ',
    '\t',
  ],
  ...['https://a.example/simple', '名', '\u00a0', '\u2028', '\u0085', '\ufeff', '%(x)s', '$(id)'],
)
const line = fc.array(piece, { maxLength: 5 }).map((parts) => parts.join(''))
const pipFile = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n', '\r')), { maxLength: 8 })
  .map((lines) => lines.map(([body, end]) => body + end).join(''))

test('whatever a file holds: refused with a line, or the value reads back, the rest stays and twice is once', () => {
  const likely = fc.oneof(
    pipFile,
    pipFile.map((rest) => `[global]\n${rest}`),
  )
  fc.assert(
    fc.property(likely, fc.boolean(), (whole, cut) => {
      const file = cut ? whole.replace(/[\r\n]+$/, '') : whole
      const others = (content: string | null) =>
        [...pipConfFormat.read(utf8(content ?? ''))].filter(([key]) => key !== KEY)
      let before: ReturnType<typeof others>
      try {
        before = others(file)
      } catch (error) {
        expect(error).toBeInstanceOf(CodedError)
        expect(() => edit(file, 'u')).toThrow(CodedError)
        return
      }
      const once = edit(file, 'https://new.example/$(id)')
      expect(read(once ?? '')).toBe('https://new.example/$(id)')
      expect(edit(once, 'https://new.example/$(id)')).toBe(once)
      expect(others(once)).toEqual(before)
      const gone = edit(once, null)
      expect(read(gone ?? '')).toBeUndefined()
      expect(others(gone)).toEqual(before)
      const comments = (content: string | null) =>
        (content ?? '').split(/\r\n|\r|\n/).filter((one) => /^[ \t]*[#;]/.test(one))
      expect(comments(once)).toEqual(comments(file))
    }),
    { numRuns: 3000 },
  )
})

test('a megabyte of blanks in the middle of a line is read in a moment', () => {
  const line = `x${' '.repeat(2 ** 20)}y`
  const bytes = new TextEncoder().encode(`[global]\nindex-url = ${line}\n`)
  expect(pipConfFormat.read(bytes).get('global.index-url')).toBe(line)
})
