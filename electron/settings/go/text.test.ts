import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBinary, splitLines, toBinary } from '../binary.ts'
import { goenvFormat } from './text.ts'

const bytes = (text: string): Uint8Array => fromBinary(text)
const edit = (text: string | null, key: string, after: string | null): string | null => {
  const result = goenvFormat.edit(text === null ? null : bytes(text), [{ key, after }])
  return result === null ? null : toBinary(result)
}

test('sets, replaces in place and removes; comments and bad lines stay', () => {
  const file = '# mine\nGOFLAGS=-mod=mod\nbad line\nGOPROXY=old\nlower=x\n'
  expect(edit(file, 'GOPROXY', 'https://a,direct')).toBe(
    '# mine\nGOFLAGS=-mod=mod\nbad line\nGOPROXY=https://a,direct\nlower=x\n',
  )
  expect(edit(file, 'GOPROXY', null)).toBe('# mine\nGOFLAGS=-mod=mod\nbad line\nlower=x\n')
  expect(edit(null, 'GOPROXY', 'off')).toBe('GOPROXY=off\n')
})

test('the last duplicate counts and is the one that changes; removing takes all of them', () => {
  const file = 'GOPROXY=a\nGOFLAGS=\nGOPROXY=b\n'
  expect(goenvFormat.read(bytes(file)).get('GOPROXY')).toBe('b')
  expect(edit(file, 'GOPROXY', 'c')).toBe('GOPROXY=a\nGOFLAGS=\nGOPROXY=c\n')
  expect(edit(file, 'GOPROXY', null)).toBe('GOFLAGS=\n')
})

test('a byte order mark hides line 1 from Go: our line goes elsewhere and the mark stays', () => {
  const file = '\u00ef\u00bb\u00bfGOPROXY=old\r\nGOFLAGS=x\r\n'
  expect(goenvFormat.read(bytes(file))).toEqual(new Map([['GOFLAGS', 'x\r']]))
  expect(edit(file, 'GOPROXY', 'new')).toBe(`${file}GOPROXY=new\n`)
  expect(edit('\u00ef\u00bb\u00bf', 'GOPROXY', 'new')).toBe('\u00ef\u00bb\u00bf\nGOPROXY=new\n')
})

test('a value in a CRLF file is written without the carriage return, which Go would keep', () => {
  expect(edit('GOPROXY=a\r\nGOFLAGS=b\r\n', 'GOPROXY', 'a')).toBe('GOPROXY=a\nGOFLAGS=b\r\n')
})

test('a missing final newline is added before something is appended', () => {
  expect(edit('GOFLAGS=x', 'GOPROXY', 'y')).toBe('GOFLAGS=x\nGOPROXY=y\n')
  expect(edit('GOPROXY=x', 'GOPROXY', 'y')).toBe('GOPROXY=y')
})

test('a file that held nothing but our keys is gone; an empty one that we did not touch stays', () => {
  expect(edit('GOPROXY=x\n', 'GOPROXY', null)).toBeNull()
  expect(edit('', 'GOPROXY', null)).toBe('')
  expect(edit(null, 'GOPROXY', null)).toBeNull()
})

test('a value with a line end is refused', () => {
  expect(() => edit(null, 'GOPROXY', 'a\nGOSUMDB=off')).toThrow(TypeError)
  expect(() => edit(null, 'GO PROXY', 'a')).toThrow(TypeError)
})

test('whatever the file holds: foreign lines survive, the value reads back, twice is once', () => {
  const line = fc.oneof(
    fc.constantFrom('GOPROXY=a', 'GOPROXY=a\r', '# c', '', 'GOFLAGS=-x', 'x=y', '\u00ef\u00bb\u00bfGOPROXY=z'),
    fc.uint8Array({ maxLength: 12 }).map((raw) => toBinary(raw).replaceAll('\n', '.')),
  )
  const value = fc.string({ unit: 'binary' }).filter((text) => !/[\n\r\0]/.test(text))
  fc.assert(
    fc.property(fc.array(line), fc.boolean(), value, (lines, final, after) => {
      const file = lines.join('\n') + (final ? '\n' : '')
      const once = edit(file, 'GOPROXY', after) ?? ''
      expect(goenvFormat.read(bytes(once)).get('GOPROXY')).toBe(after)
      expect(edit(once, 'GOPROXY', after)).toBe(once)
      const foreign = (text: string): string[] =>
        splitLines(text).flatMap((one) => (one.startsWith('GOPROXY=') ? [] : [one.replace(/\n$/, '')]))
      expect(foreign(once)).toEqual(foreign(file))
      expect(foreign(edit(once, 'GOPROXY', null) ?? '')).toEqual(foreign(file))
    }),
  )
})
