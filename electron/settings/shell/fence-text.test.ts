import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBinary, toBinary } from '../binary.ts'
import { fenceEnd, fenceFormat } from './fence-text.ts'

const edit = (text: string | null, after: string | null): string | null => {
  const result = fenceFormat.edit(text === null ? null : fromBinary(text), [{ key: 'source', after }])
  return result === null ? null : toBinary(result)
}
const block = (body: string): string => `# >>> goready >>>\n${body}\n# <<< goready <<<\n`

test('appends one block and leaves it alone the second time', () => {
  expect(edit('alias x=y\n', '. a')).toBe(`alias x=y\n${block('. a')}`)
  expect(edit(`alias x=y\n${block('. a')}`, '. a')).toBe(`alias x=y\n${block('. a')}`)
  expect(edit(null, '. a')).toBe(block('. a'))
  expect(edit(block('. a'), null)).toBeNull()
  expect(edit('x\n', null)).toBe('x\n')
})

test('a block that is no longer last moves to the end', () => {
  expect(edit(`a\n${block('. a')}export GOPROXY=x\n`, '. a')).toBe(`a\nexport GOPROXY=x\n${block('. a')}`)
})

test('CRLF files keep their line ends; our lines have none that a shell would trip over', () => {
  const result = edit('a\r\nb\r\n', '. a')
  expect(result).toBe(`a\r\nb\r\n${block('. a')}`)
  const converted = (result ?? '').replaceAll(/\r?\n/g, '\r\n')
  expect(fenceFormat.read(fromBinary(converted)).get('source')).toBe('. a\r')
  expect(edit(converted, '. a')).toBe(`a\r\nb\r\n${block('. a')}`)
})

test.each([
  ['# >>> goready >>>\nx\n', 1],
  ['x\n# <<< goready <<<\n', 2],
  [`${block('a')}${block('b')}`, 4],
  ['# >>> goready >>>\n# >>> goready >>>\n# <<< goready <<<\n', 2],
  [`${block('a')}# <<< goready <<<`, 4],
])('refuses %j as damaged', (file, line) => {
  expect(() => edit(file, '. a')).toThrow(expect.objectContaining({ code: 'fence-damaged', values: { line } }))
  expect(() => fenceFormat.read(fromBinary(file))).toThrow(expect.objectContaining({ code: 'fence-damaged' }))
})

test('a body that would close the block itself is refused', () => {
  expect(() => edit('', 'x\n# <<< goready <<<\nrm')).toThrow(TypeError)
  expect(() => edit('', 'x\r')).toThrow(TypeError)
})

test('any bytes: in and out again gives the former file', () => {
  const file = fc.oneof(
    fc.uint8Array({ minLength: 1, maxLength: 60 }).map(toBinary),
    fc.array(fc.constantFrom('a', '\n', '\r\n', '#', ' ', 'é'), { minLength: 1 }).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(file, (text) => {
      const once = edit(text, '. a\n. b') ?? ''
      expect(fenceFormat.read(fromBinary(once)).get('source')).toBe('. a\n. b')
      expect(once.startsWith(text)).toBe(true)
      expect(edit(once, '. a\n. b')).toBe(once)
      expect(edit(once, null)).toBe(text)
      expect(fenceEnd(fromBinary(once))).toBe(once.split('\n').length - 1)
    }),
  )
})

test('text behind the block keeps its own line when the block goes', () => {
  const once = edit('no line end', '. a') ?? ''
  expect(edit(`${once}later\n`, null)).toBe('no line end\nlater\n')
})
