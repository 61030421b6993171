import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CodedError } from '../../core/errors.ts'
import { fromBinary, toBinary } from '../binary.ts'
import { daemonJsonFormat } from './text.ts'

const KEY = 'registry-mirrors'
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const edit = (text: string | null, after: string[] | null): string | null => {
  const result = daemonJsonFormat.edit(text === null ? null : utf8(text), [{ key: KEY, after }])
  return result === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(result)
}

test('a new file has two spaces of indentation and a final newline', () => {
  expect(edit(null, ['https://a.example'])).toBe('{\n  "registry-mirrors": [\n    "https://a.example"\n  ]\n}\n')
  expect(edit(null, null)).toBeNull()
  expect(edit(' \n', ['https://a.example'])).toBe('{\n  "registry-mirrors": [\n    "https://a.example"\n  ]\n}\n')
  expect(edit(' \n', null)).toBe(' \n')
})

test('takes over indentation, line ends, byte order mark and a missing final newline', () => {
  expect(edit('{\n\t"debug": true\n}', ['u'])).toBe('{\n\t"debug": true,\n\t"registry-mirrors": [\n\t\t"u"\n\t]\n}')
  expect(edit('\ufeff{\r\n    "debug": true\r\n}\r\n', ['u'])).toBe(
    '\ufeff{\r\n    "debug": true,\r\n    "registry-mirrors": [\r\n        "u"\r\n    ]\r\n}\r\n',
  )
  expect(edit('{"debug":true}', ['u', 'v'])).toBe('{"debug":true,"registry-mirrors":["u","v"]}')
  expect(edit('{}', [])).toBe('{\n  "registry-mirrors": []\n}')
})

test('replaces only the span of the key', () => {
  const file = '{ "a" : 1.0e2 ,\n  "registry-mirrors" :[ "x" ],  "名": "\\u4e2d" }'
  expect(edit(file, ['y'])).toBe('{ "a" : 1.0e2 ,\n  "registry-mirrors" :["y"],  "名": "\\u4e2d" }')
  expect(edit(file, ['x'])).toBe(file)
})

test('removes first, middle, last and only member', () => {
  expect(edit('{\n  "registry-mirrors": [],\n  "a": 1\n}', null)).toBe('{\n  "a": 1\n}')
  expect(edit('{\n  "a": 1,\n  "registry-mirrors": [],\n  "b": 2\n}', null)).toBe('{\n  "a": 1,\n  "b": 2\n}')
  expect(edit('{\n  "a": 1,\n  "registry-mirrors": []\n}', null)).toBe('{\n  "a": 1\n}')
  expect(edit('{\n  "registry-mirrors": []\n}\n', null)).toBe('{}\n')
})

test('only the top level counts', () => {
  const file = '{"x": {"registry-mirrors": ["inner"]}}'
  expect([...daemonJsonFormat.read(utf8(file)).keys()]).toEqual(['x'])
  expect(edit(file, null)).toBe(file)
})

test.each([
  ['{\n  // why\n  "a": 1\n}', 2],
  ['{\n  "a": 1,\n}', 3],
  ['{\n  "a": NaN\n}', 2],
  ['{"a": 1}\n{"b": 2}', 2],
  ['[1]', 1],
  ['{\n"a": 1,\n"a": 2}', 3],
  ['{"a": 01}', 1],
  ['{"a": "\t"}', 1],
  ["{'a': 1}", 1],
  ['{\n\n"a": [1, 2', 3],
  [`{"a": ${'['.repeat(100_000)}`, 1],
])('refuses %j with its line', (file, line) => {
  for (const attempt of [() => daemonJsonFormat.read(utf8(file)), () => edit(file, ['u'])]) {
    let caught: unknown
    try {
      attempt()
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(CodedError)
    expect(caught).toMatchObject({ code: 'unparsable-file', values: { line } })
  }
})

test('agrees with JSON.parse on what is JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]":,\\u0e1.-+tfn \n'), maxLength: 12 }), (inner) => {
      const file = `{"k":${inner}}`
      let good = true
      try {
        JSON.parse(file)
      } catch {
        good = false
      }
      let taken = true
      try {
        daemonJsonFormat.read(utf8(file))
      } catch {
        taken = false
      }
      // A doubled key is the one thing that we refuse and JSON.parse takes.
      expect(taken && !good).toBe(false)
      if (good && Object.keys(JSON.parse(file)).length === 1 && !inner.includes(',')) expect(taken).toBe(true)
    }),
    { numRuns: 2000 },
  )
})

test('adding and removing gives back the bytes; the rest of the object never changes', () => {
  const config = fc.dictionary(
    fc.string({ unit: 'grapheme' }).filter((key) => key !== KEY && key !== '__proto__'),
    fc.jsonValue(),
  )
  fc.assert(
    fc.property(
      config,
      fc.constantFrom(0, 2, 4, '\t'),
      fc.boolean(),
      fc.array(fc.webUrl()),
      (object, indent, crlf, urls) => {
        const text = JSON.stringify(object, null, indent)
        const file = crlf ? text.replaceAll('\n', '\r\n') : text
        const once = edit(file, urls) ?? ''
        expect(JSON.parse(once)).toEqual({ ...JSON.parse(file), [KEY]: urls })
        expect(edit(once, urls)).toBe(once)
        expect(edit(once, null)).toBe(file)
      },
    ),
  )
})

test('bytes that are not UTF-8 survive', () => {
  const file = fromBinary('{"label": "\u00ff\u00fe"}')
  const result = daemonJsonFormat.edit(file, [{ key: KEY, after: ['u'] }])
  expect(result && toBinary(result)).toBe('{"label": "\u00ff\u00fe", "registry-mirrors": ["u"]}')
})
