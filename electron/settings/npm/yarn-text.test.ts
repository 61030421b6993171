import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { CodedError } from '../../core/errors.ts'
import { yarnrcFormat } from './yarn-text.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const text = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
const edit = (file: string | null, key: string, after: string | null): string | null =>
  text(yarnrcFormat.edit(file === null ? null : utf8(file), [{ key, after }]))

test('sets, replaces in place and removes; comments and layout stay', () => {
  const file =
    '# mine\nnodeLinker:   node-modules # why\nnpmRegistryServer: https://old.example # old\nnpmAuthToken: s3cret\n'
  expect(edit(file, 'npmRegistryServer', 'https://new.example')).toBe(
    '# mine\nnodeLinker:   node-modules # why\nnpmRegistryServer: "https://new.example" # old\nnpmAuthToken: s3cret\n',
  )
  expect(edit(file, 'npmRegistryServer', null)).toBe('# mine\nnodeLinker:   node-modules # why\nnpmAuthToken: s3cret\n')
  expect(edit(null, 'npmRegistryServer', 'https://a.example')).toBe('npmRegistryServer: "https://a.example"\n')
  expect(edit('npmRegistryServer: x\n', 'npmRegistryServer', null)).toBeNull()
  expect(edit('# only words', 'npmRegistryServer', 'x')).toBe('# only words\nnpmRegistryServer: "x"\n')
  expect(edit('npmRegistryServer:\n', 'npmRegistryServer', 'x')).toBe('npmRegistryServer: "x"\n')
})

test('scopes: a new map, a new scope, a new registry, and back', () => {
  expect(edit(null, 'npmScopes.a', 'u')).toBe('npmScopes:\n  "a":\n    npmRegistryServer: "u"\n')
  const some = 'npmScopes:\n    b:\n        npmAuthToken: t\n'
  expect(edit(some, 'npmScopes.a', 'u')).toBe(
    'npmScopes:\n    "a":\n      npmRegistryServer: "u"\n    b:\n        npmAuthToken: t\n',
  )
  const both = edit(some, 'npmScopes.b', 'u')
  expect(both).toBe('npmScopes:\n    b:\n        npmRegistryServer: "u"\n        npmAuthToken: t\n')
  expect(edit(both, 'npmScopes.b', null)).toBe(some)
  expect(edit('npmScopes:\n  "a":\n    npmRegistryServer: "u"\n', 'npmScopes.a', null)).toBeNull()
  expect([...yarnrcFormat.read(utf8(both ?? ''))]).toEqual([['npmScopes.b', 'u']])
})

test.each([
  ['a: [1\n', 'npmRegistryServer'],
  ['a: 1\na: 2\n', 'npmRegistryServer'],
  ['- 1\n', 'npmRegistryServer'],
  ['{a: 1}\n', 'npmRegistryServer'],
  ['a: 1\n---\nb: 2\n', 'npmRegistryServer'],
  ['npmRegistryServer: |\n  x\n', 'npmRegistryServer'],
  ['x: &a u\nnpmRegistryServer: *a\n', 'npmRegistryServer'],
  ['npmScopes: {a: {}}\n', 'npmScopes.b'],
])('refuses %j with a line, and changes nothing', (file, key) => {
  expect(() => edit(file, key, 'u')).toThrow(expect.objectContaining({ code: 'unparsable-file' }))
})

test('what is no address for it is refused', () => {
  for (const value of ['a\nb', '${HOME}', '\u0085'])
    expect(() => edit(null, 'npmRegistryServer', value)).toThrow(TypeError)
  for (const key of ['other', 'npmScopes.', 'npmScopes.__proto__', 'npmScopes.a: b'])
    expect(() => edit(null, key, 'u')).toThrow(TypeError)
})

/** Lines that an edit of ours took away or put there, when it put nothing else. */
const withoutOurs = (file: string | null): string[] =>
  (file ?? '').split('\n').filter((line) => !/^\s*(?:npmRegistryServer:|"?acme"?:\s*$|npmScopes:\s*$)/.test(line))

test('whatever a file holds: the value reads back, the rest stays, twice is once, removing takes all of it back', () => {
  const word = fc.constantFrom('a', 'nodeLinker', '名', 'x y', '#', '- z', 'yes', 'k: v')
  const value = fc.oneof(word, fc.array(word, { maxLength: 2 }), fc.dictionary(word, word, { maxKeys: 2 }))
  const scope = fc.record({ npmAuthToken: word, npmRegistryServer: word }, { requiredKeys: [] })
  const config = fc.record(
    {
      nodeLinker: value,
      npmRegistryServer: fc.constantFrom('https://old.example', 'x y'),
      npmScopes: fc.dictionary(fc.constantFrom('acme', 'b'), scope, { maxKeys: 2 }),
      名: value,
    },
    { requiredKeys: [] },
  )
  const layout = fc.record({ indent: fc.constantFrom(2, 4), crlf: fc.boolean(), cut: fc.boolean(), head: fc.boolean() })
  fc.assert(
    fc.property(config, layout, fc.constantFrom('npmRegistryServer', 'npmScopes.acme'), (object, how, key) => {
      const body = Object.keys(object).length === 0 ? '' : stringify(object, { indent: how.indent })
      let file = `${how.head ? '# 头\n\n' : ''}${body}`
      if (how.cut) file = file.replace(/\n$/, '')
      if (how.crlf) file = file.replaceAll('\n', '\r\n')
      let once: string | null
      try {
        once = edit(file, key, 'https://new.example/x')
      } catch (error) {
        // An empty map is written `{}`: a flow map.
        expect(error).toBeInstanceOf(CodedError)
        expect(body).toContain('{}')
        return
      }
      expect(yarnrcFormat.read(utf8(once ?? '')).get(key)).toBe('https://new.example/x')
      expect(edit(once, key, 'https://new.example/x')).toBe(once)
      expect(withoutOurs(once).join('\n').trim()).toBe(withoutOurs(file).join('\n').trim())
      const gone = edit(once, key, null)
      expect(yarnrcFormat.read(utf8(gone ?? '')).has(key)).toBe(false)
      expect(parse(gone ?? '')?.['nodeLinker']).toEqual(parse(file)?.['nodeLinker'])
      expect(parse(gone ?? '')?.['名']).toEqual(parse(file)?.['名'])
    }),
    { numRuns: 500 },
  )
})

test('any text at all is edited rightly or refused', () => {
  const piece = fc.constantFrom(
    'a',
    ':',
    ' ',
    '\n',
    '  ',
    '"',
    "'",
    '#',
    '{',
    '[',
    '|',
    '&',
    '*',
    '-',
    '\r\n',
    '\ufeff',
    '?',
    'npmScopes',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (parts) => {
      const file = parts.join('')
      try {
        const once = edit(file, 'npmRegistryServer', 'u')
        expect(yarnrcFormat.read(utf8(once ?? '')).get('npmRegistryServer')).toBe('u')
        expect(edit(once, 'npmRegistryServer', 'u')).toBe(once)
      } catch (error) {
        expect(error).toMatchObject({ code: 'unparsable-file', values: { line: expect.any(Number) } })
      }
    }),
    { numRuns: 1500 },
  )
})

test('a file that no person writes is refused before it is parsed', () => {
  const bytes = new TextEncoder().encode('"'.repeat(2 ** 20))
  expect(() => yarnrcFormat.read(bytes)).toThrow(expect.objectContaining({ code: 'unparsable-file' }))
})
