import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBinary, toBinary } from '../binary.ts'
import { lineFormat, lineKey, lineKeys } from './line-text.ts'

const edit = (text: string, key: string, after: true | null): string =>
  toBinary(lineFormat.edit(fromBinary(text), [{ key, after }]) ?? new Uint8Array())
const key = (way: Parameters<typeof lineKey>[0], text: string, line: number) => lineKey(way, fromBinary(text), line)

test('a line becomes a comment that shows what it was, and itself again', () => {
  const file = 'a\n  export GOPROXY=x\nb'
  const off = edit(file, key('off', file, 2), true)
  expect(off).toBe('a\n  # goready: export GOPROXY=x\nb')
  expect(edit(off, key('off', file, 2), null)).toBe(file)
  expect(edit(file, key('off-in-block', file, 3), true)).toBe('a\n  export GOPROXY=x\n: # goready: b')
  expect(lineFormat.read(fromBinary(off))).toEqual(new Map([[key('off', file, 2), true]]))
})

test('the second of two twins is meant, also after something was put in front', () => {
  const file = 'x=1\nx=1\n'
  const second = key('off', file, 2)
  const off = edit(file, second, true)
  expect(off).toBe('x=1\n# goready: x=1\n')
  expect(edit(`new\n${off}`, second, null)).toBe(`new\n${file}`)
})

test('a carriage return and a byte order mark go and come back', () => {
  const file = '\u00ef\u00bb\u00bfGOPROXY=x\r\nGOFLAGS=y\r\n'
  const cr = key('cr', file, 1)
  const bom = key('bom', file, 1)
  const both = edit(edit(file, cr, true), bom, true)
  expect(both).toBe('GOPROXY=x\nGOFLAGS=y\r\n')
  expect(edit(edit(both, bom, null), cr, null)).toBe(file)
  expect(edit('a=1\r', key('cr', 'a=1\r', 1), true)).toBe('a=1')
})

test('a line that is gone stays gone; the key tells nothing of the text', () => {
  const file = 'export HTTPS_PROXY=http://u:secret@h\n'
  expect(key('off', file, 1)).toMatch(/^off:[0-9a-f]{16}:0$/)
  expect(edit('other\n', key('off', file, 1), true)).toBe('other\n')
  expect(() => edit(file, 'other:x:0', true)).toThrow(TypeError)
})

test('any bytes: off and on again gives the former file', () => {
  const text = fc
    .array(fc.constantFrom('a', '\n', '\r\n', ' ', '#', 'é', '# goready: '), { minLength: 1 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.nat(), fc.constantFrom('off', 'off-in-block'), (file, at, way) => {
      const lines = file.match(/[^\n]*\n|[^\n]+$/g) ?? []
      const line = (at % lines.length) + 1
      fc.pre(!(lines[line - 1] ?? '').includes('goready'))
      const one = key(way === 'off' ? 'off' : 'off-in-block', file, line)
      expect(edit(edit(file, one, true), one, null)).toBe(file)
      expect(edit(file, one, true).split('\n')).toHaveLength(file.split('\n').length)
    }),
  )
})

test('many lines are known in one go, each as by itself, and edited in a moment', () => {
  const bytes = fromBinary('a\r\nb\r\na\r\n# goready: a\r\n')
  expect(lineKeys('cr', bytes, [1, 2, 3, 4])).toEqual([1, 2, 3, 4].map((line) => lineKey('cr', bytes, line)))
  const begin = performance.now()
  const long = fromBinary('GOPROXY=x\r\n'.repeat(20_000))
  const keys = lineKeys(
    'cr',
    long,
    Array.from({ length: 20_000 }, (_, index) => index + 1),
  )
  expect(new Set(keys).size).toBe(20_000)
  const edits = keys.slice(0, 500).map((one) => ({ key: one, after: true }))
  expect(lineFormat.edit(long, edits)?.length).toBe(long.length - 500)
  expect(performance.now() - begin).toBeLessThan(10_000)
})
