import fc from 'fast-check'
import { parse } from 'ini'
import { expect, test } from 'vitest'
import { fromBinary, toBinary } from '../binary.ts'
import { expandNpm, npmrcFormat } from './text.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const edit = (file: string | null, key: string, after: string | null): string | null =>
  text(npmrcFormat.edit(file === null ? null : utf8(file), [{ key, after }]))

test('sets, replaces in place and removes; comments, tokens and unknown keys stay', () => {
  const file = '; mine\n//a.example/:_authToken=s3cret\nregistry = https://old.example/ ; why\n\n# end\nodd\n'
  expect(edit(file, 'registry', 'https://new.example/')).toBe(
    '; mine\n//a.example/:_authToken=s3cret\nregistry = https://new.example/ ; why\n\n# end\nodd\n',
  )
  expect(edit(file, 'registry', null)).toBe('; mine\n//a.example/:_authToken=s3cret\n\n# end\nodd\n')
  expect(edit(null, 'registry', 'https://a.example/')).toBe('registry=https://a.example/\n')
  expect(edit('registry=x\n', 'registry', null)).toBeNull()
  expect(edit('', 'registry', null)).toBe('')
})

test('the last duplicate counts and changes; quotes, an empty value and a bare key are replaced', () => {
  expect(edit('registry=a\nregistry=b\n', 'registry', 'c')).toBe('registry=a\nregistry=c\n')
  expect(edit('registry="a"\n', 'registry', 'c')).toBe('registry=c\n')
  expect(edit("registry = 'a'\r\n", 'registry', 'c')).toBe('registry = c\r\n')
  expect(edit('registry=\n', 'registry', 'c')).toBe('registry=c\n')
  expect(edit('registry\n', 'registry', 'c')).toBe('registry=c\n')
  expect(edit('registry[]=a\nx=1\nregistry=b\n', 'registry', 'c')).toBe('x=1\nregistry=c\n')
})

test('line ends, byte order mark, a missing final newline and sections are respected', () => {
  expect(edit('a=1\r\nb=2', 'registry', 'c')).toBe('a=1\r\nb=2\r\nregistry=c\r\n')
  expect(edit('\ufeffregistry=a', 'registry', 'c')).toBe('\ufeffregistry=c')
  expect(edit('\ufeffregistry=a\nx=1\n', 'registry', null)).toBe('\ufeffx=1\n')
  expect(edit('a=1\n[s]\nregistry=x\n', 'registry', 'c')).toBe('a=1\nregistry=c\n[s]\nregistry=x\n')
  expect(edit('[s]\r\nregistry=x\r\n', 'registry', null)).toBe('[s]\r\nregistry=x\r\n')
})

test('a line that npm’s own parser breaks on is refused with its number', () => {
  expect(() => edit("a=1\n'null'=x\n", 'registry', 'c')).toThrow(
    expect.objectContaining({ code: 'unparsable-file', values: { line: 2 } }),
  )
})

test('what no line can hold is refused', () => {
  // A skeleton's path is spelled for whoever will read it.
  expect(edit(null, 'cafile', '${HOME}/a.pem')).toBe('cafile=${HOME}/a.pem\n')
  for (const value of ['a\nb', 'a\rb', ' a', 'true', '', '"a', '${HOME}', '${HOME}/${X}', 'a\u2028b', '\ud800'])
    expect(() => edit(null, 'registry', value)).toThrow(TypeError)
  for (const key of ['a=b', 'a\nb', '__proto__', 'x[]', '', '[s]', ';a'])
    expect(() => edit(null, key, 'v')).toThrow(TypeError)
})

test('variables are expanded as npm does', () => {
  const at = (value: string) => expandNpm(value, { HOST: 'a.example' })
  expect(at('https://${HOST}/')).toBe('https://a.example/')
  expect(at('${NONE}|${NONE?}|\\${HOST}|${__proto__}')).toBe('${NONE}||${HOST}|${__proto__}')
})

const piece = fc.oneof(
  fc.constantFrom(
    ...[
      'registry',
      '@s:registry',
      '=',
      ' = ',
      'registry=a',
      ';',
      '#',
      '"',
      "'",
      '\\',
      '\\;',
      '[',
      ']',
      '[]',
      ' ',
      '\t',
    ],
    ...['true', 'null', '//h/:_authToken=t', '"reg\\u0069stry"', '\ufeff', '\u2028', '名', '__proto__', '${HOME}', '.'],
  ),
  fc.string({ maxLength: 3 }),
)
const line = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''))
const file = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r', '\n\n')), { maxLength: 8 })
  .chain((lines) => line.map((last) => lines.map(([body, end]) => body + end).join('') + last))

test('agrees with npm’s own parser on every generated file', () => {
  fc.assert(
    fc.property(file, (content) => {
      // Ours works on bytes: what UTF-8 cannot hold is no difference.
      const clean = Buffer.from(content).toString('utf8')
      let theirs: Record<string, unknown>
      try {
        theirs = parse(clean)
      } catch {
        expect(() => npmrcFormat.read(utf8(clean))).toThrow(expect.objectContaining({ code: 'unparsable-file' }))
        return
      }
      const ours = npmrcFormat.read(utf8(clean))
      for (const key of ['registry', '@s:registry', '//h/:_authToken', '名']) {
        const wanted = Object.hasOwn(theirs, key) ? theirs[key] : undefined
        // A section of the same name is an object there and nothing here.
        if (typeof wanted === 'object' && wanted !== null && !Array.isArray(wanted)) continue
        expect(ours.get(key)).toEqual(wanted)
      }
    }),
    { numRuns: 2000 },
  )
})

test('whatever the file holds: the value reads back, foreign bytes stay, twice is once, bytes that are no text survive', () => {
  const value = fc.oneof(
    fc.constantFrom('https://a.example/', 'https://a.example/x;y', 'a\\b', 'a#b', 'it’s', 'a"b', 'a=b', '[x]', '$(id)'),
    fc.string({ minLength: 1, unit: 'grapheme' }),
  )
  const bytes = fc.oneof(
    file.map(utf8),
    fc.tuple(fc.uint8Array({ maxLength: 20 }), file).map(([raw, tail]) => Uint8Array.from([...raw, ...utf8(tail)])),
  )
  const foreign = (binary: Uint8Array | null): string =>
    binary === null ? '' : toBinary(npmrcFormat.edit(binary, [{ key: 'registry', after: null }]) ?? fromBinary(''))
  fc.assert(
    fc.property(bytes, value, (content, after) => {
      let once: Uint8Array | null
      try {
        once = npmrcFormat.edit(content, [{ key: 'registry', after }])
      } catch (error) {
        if (!(error instanceof TypeError)) expect(error).toMatchObject({ code: 'unparsable-file' })
        return
      }
      if (once === null) throw new Error('a value leaves a file')
      expect(npmrcFormat.read(once).get('registry')).toBe(after)
      expect(npmrcFormat.edit(once, [{ key: 'registry', after }])).toBe(once)
      // At most the newline that an unfinished last line gets.
      const [was, is] = [foreign(content), foreign(once)]
      expect([was, `${was}\n`, `${was}\r\n`, `${was}\r`]).toContain(is)
    }),
    { numRuns: 2000 },
  )
})
