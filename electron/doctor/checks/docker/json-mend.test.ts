import { expect, test } from 'vitest'
import { decode, encode } from '../../../settings/binary.ts'
import { mendJson } from './json-mend.ts'

const strict = { bom: false, empty: false, after: false }
const mend = (text: string, tolerance = strict) => {
  const found = mendJson(encode(text), tolerance)
  return found === null ? null : { ...found, mended: found.mended === null ? null : decode(found.mended) }
}

test.each([['{}'], ['{"a": [1, "x, }"], "b": "// no comment"}\n'], ['{"a":1,"a":2}']])('%s is well', (text) => {
  expect(mend(text)).toBeNull()
})

test.each([
  ['{\n  "a": 1,\n}\n', 2, 'comma', '{\n  "a": 1\n}\n'],
  ['{"a": [1,],}', 1, 'comma', '{"a": [1]}'],
  ['{"a": 1,, "b": 2}', 1, 'comma', '{"a": 1, "b": 2}'],
  ['{\n  "a": 1\n  "b": 2\n}', 2, 'missing-comma', '{\n  "a": 1,\n  "b": 2\n}'],
  ['{\n  // why\n  "a": 1 /* so */\n}\n', 2, 'comment', '{\n  "a": 1\n}\n'],
  ['# a\n{"u": "http://x"}\n', 1, 'comment', '{"u": "http://x"}\n'],
  ['{\n  "a": 1, // b\n}\n', 2, 'comma', '{\n  "a": 1\n}\n'],
  ['{"a": 1 /* b */ "c": 2}', 1, 'comment', '{"a": 1, "c": 2}'],
  ['{"a": [1，],\n"b": 2}', 1, 'comma', '{"a": [1],\n"b": 2}'],
  ['\ufeff{"a": 1}\n', 1, 'bom', '{"a": 1}\n'],
  ['\ufeff{"a": 1,}\n', 1, 'bom', '{"a": 1}\n'],
  ['{\r\n  "a": {"b": 1}\r\n', 2, 'brace', '{\r\n  "a": {"b": 1}\r\n}\r\n'],
  ['{"a": ["b"', 1, 'brace', '{"a": ["b"]}'],
  ['{"a": 1}}\n', 1, 'brace', '{"a": 1}\n'],
  ['{“a”：“b”，"c": \'d\'}', 1, 'quotes', '{"a":"b","c": "d"}'],
  ['', 1, 'empty', '{}\n'],
  [' \r\n', 1, 'empty', '{}\r\n'],
])('%j is mended', (text, line, slip, mended) => {
  expect(mend(text)).toEqual({ line, slip, mended })
})

test.each([
  ['{"a": 1]', 1],
  ['{\n"a" 1}', 2],
  ['{\n  "a": tru\n}', 2],
  ['{\n  "a": "b\n}', 2],
  ['[1, 2]', 1],
  ['hello', 1],
  ['{"a": 1} {"b": 2}', 1],
  ['{“a\\”: 1}', 1],
])('%j is a guess', (text, line) => {
  expect(mend(text)).toEqual({ line, slip: null, mended: null })
})

test('what an engine lets pass is no fault', () => {
  expect(mend('\ufeff{}', { ...strict, bom: true })).toBeNull()
  expect(mend(' ', { ...strict, empty: true })).toBeNull()
  expect(mend('{"a": 1}}', { ...strict, after: true })).toBeNull()
  expect(mend('{"a": 1,}}', { ...strict, after: true })).toMatchObject({ slip: 'comma' })
  expect(mend('\ufeff{"a": 1,}', { ...strict, bom: true })?.mended).toBe('\ufeff{"a": 1}')
})

test('what is made to be slow is read in a moment', () => {
  const begin = performance.now()
  for (const piece of ['#\n', ',', '1 ', '/**/', '// x\n', ' ', '"a":1,'])
    for (const [front, end] of [
      ['{', '}'],
      ['{"a":[', ']}'],
      ['{#', '\n//x\n"a":1,}'],
    ]) {
      const text = `${front}${piece.repeat(60_000)}${end}`
      mendJson(text, strict)
    }
  expect(performance.now() - begin).toBeLessThan(10_000)
})

test('bytes that are no text stay as they are', () => {
  const found = mendJson('{"a": "\xff",}', strict)
  expect(found?.mended).toBe('{"a": "\xff"}')
})
