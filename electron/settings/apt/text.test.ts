import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Format } from '../../core/setting.ts'
import { fromBinary, toBinary } from '../binary.ts'
import { aptDeb822Format, parseDeb822 } from './deb822.ts'
import { aptListFormat, parseOneLine } from './one-line.ts'

const MIRROR = 'https://mirror.example/debian'
const set = (format: Format, text: string, key: string, after: string): string =>
  toBinary(format.edit(fromBinary(text), [{ key, after }]) ?? new Uint8Array())
const lineOf = (parse: () => unknown): unknown => {
  try {
    return parse()
  } catch (error) {
    return error instanceof Error && 'values' in error ? error.values : error
  }
}

const STANZAS = `# The archive
Types: deb deb-src
# http://snapshot.example/archive
URIs: http://a.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main

types: deb
uris:
 http://b.example/debian
# between
\thttp://c.example/debian
Suites: sid
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc=
 -----END PGP PUBLIC KEY BLOCK-----`

test('stanzas: those in use, with all their addresses', () => {
  expect([...aptDeb822Format.read(fromBinary(STANZAS))]).toEqual([
    ['deb deb-src bookworm bookworm-updates main contrib', 'http://a.example/debian'],
    ['deb sid main', 'http://b.example/debian http://c.example/debian'],
  ])
  expect(parseDeb822(STANZAS).map(({ line, signedBy }) => [line, signedBy?.slice(0, 20)])).toEqual([
    [2, '/usr/share/keyrings/'],
    [15, '-----BEGIN PGP PUBLI'],
  ])
})

test('stanzas: only the addresses change, a line left blank goes', () => {
  const first = set(aptDeb822Format, STANZAS, 'deb deb-src bookworm bookworm-updates main contrib', MIRROR)
  expect(first).toBe(STANZAS.replace('http://a.example/debian', MIRROR))
  expect(set(aptDeb822Format, STANZAS, 'deb sid main', MIRROR)).toBe(
    STANZAS.replace('http://b.example/debian', MIRROR).replace('\thttp://c.example/debian\n', ''),
  )
  const both = `${MIRROR} http://b.example/ http://c.example/`
  expect(
    aptDeb822Format.read(fromBinary(set(aptDeb822Format, STANZAS, 'deb sid main', both))).get('deb sid main'),
  ).toBe(both)
  const end = 'Types: deb\r\nSuites: s\r\nComponents: main\r\nURIs: http://a.example/\r\n http://b.example/'
  expect(set(aptDeb822Format, end, 'deb s main', MIRROR)).toBe(
    `Types: deb\r\nSuites: s\r\nComponents: main\r\nURIs: ${MIRROR}`,
  )
})

test.each([
  ['\u00ef\u00bb\u00bfTypes: deb\nURIs: http://a/\nSuites: s\nComponents: c\n', 1],
  [' Types: deb\n', 1],
  ['Types: deb\nnonsense\n', 2],
  ['Types: rpm\nURIs: http://a/\n', 1],
  ['Types: deb\nURIs: http://a/ # no\nSuites: s\nComponents: c\n', 2],
  ['Types: deb\nURIs: http://a/\nURIs: http://b/\nSuites: s\nComponents: c\n', 3],
  ['Types: deb\nURIs: http://a/\nSuites: s\n', 1],
  ['Types: deb\nURIs: http://a/\nSuites: s\nComponents: c\n\n\nTypes: deb\nSuites: s\nComponents: c\n', 7],
])('stanzas: what apt would not take is refused with its line: %j', (text, line) => {
  expect(lineOf(() => parseDeb822(text))).toEqual({ line })
})

const LINES = `# deb http://off.example/debian bookworm main
deb cdrom:[Debian GNU/Linux 12 _Bookworm_]/ bookworm main
deb [ arch=amd64,i386 signed-by=/k.gpg trusted=no ] http://a.example/debian bookworm main contrib # note
\tdeb-src\t"http://b.example/debian"\tbookworm main\r
deb http://flat.example/repo ./
deb http://a.example/debian bookworm main
deb http://b.example/debian bookworm main`

test('lines: options, comments, quotes and what is off stay', () => {
  expect([...aptListFormat.read(fromBinary(LINES))]).toEqual([
    ['deb bookworm main', 'cdrom:[Debian GNU/Linux 12 _Bookworm_]/'],
    ['deb [amd64,i386] bookworm main contrib', 'http://a.example/debian'],
    ['deb-src bookworm main', '"http://b.example/debian"'],
    ['deb ./', 'http://flat.example/repo'],
    ['deb bookworm main #2', 'http://a.example/debian'],
    ['deb bookworm main #3', 'http://b.example/debian'],
  ])
  expect(set(aptListFormat, LINES, 'deb [amd64,i386] bookworm main contrib', MIRROR)).toBe(
    LINES.replace('http://a.example/debian', MIRROR),
  )
  expect(set(aptListFormat, LINES, 'deb bookworm main #3', MIRROR)).toBe(
    LINES.replace(/http:\/\/b\.example\/debian bookworm main$/, `${MIRROR} bookworm main`),
  )
})

test.each([
  ['\u00ef\u00bb\u00bfdeb http://a/ s main\n', 1],
  ['deb http://a/ s main\nrpm http://a/ s main\n', 2],
  ['deb http://a/debian s\n', 1],
  ['deb http://a/ ./ main\n', 1],
  ['\ndeb [arch=amd64 http://a/ s main\n', 2],
  ['deb [nonsense] http://a/ s main\n', 1],
  ['deb word s main\n', 1],
  ['deb http://a/deb#ian s main\n', 1],
])('lines: what apt would not take is refused with its line: %j', (text, line) => {
  expect(lineOf(() => parseOneLine(text))).toEqual({ line })
})

const byte = fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code))
const noise = fc.string({ unit: fc.oneof(byte, fc.constantFrom(' ', '\t')), maxLength: 30 })
const newline = fc.constantFrom('\n', '\r\n')
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
const address = word.map((name) => `http://${name}.example/debian`)
const fold = fc.constantFrom(' ', '  ', '\t', '\n ', '\r\n\t', '\n# why\n ')
const folded = (words: readonly string[], gaps: readonly string[]): string =>
  words.map((one, index) => `${gaps[index % gaps.length] ?? ' '}${one}`).join('')

const stanza = fc
  .record({
    uris: fc.uniqueArray(address, { minLength: 1, maxLength: 4 }),
    suites: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
    gaps: fc.array(fold, { minLength: 1, maxLength: 3 }),
    comment: noise,
    note: noise,
    newline,
    off: fc.boolean(),
    name: fc.constantFrom('URIs', 'uris', 'URIS'),
  })
  .map(({ uris, suites, gaps, comment, note, newline: end, off, name }) =>
    [
      `#${comment}`,
      'Types: deb',
      `${name}:${folded(uris, gaps)}`,
      `Suites:${folded(suites, gaps)}`,
      ...(off ? ['Enabled: no'] : []),
      `X-Note: ${note}`,
      'Components: main',
    ].join(end),
  )
const stanzaFile = fc
  .record({ stanzas: fc.array(stanza, { minLength: 1, maxLength: 5 }), newline, last: fc.boolean() })
  .map(({ stanzas, newline: end, last }) => stanzas.join(`${end}${end}`) + (last ? end : ''))

const listLine = fc.oneof(
  noise.map((text) => `#${text}`),
  fc.constant(''),
  fc
    .record({
      type: fc.constantFrom('deb', 'deb-src'),
      options: fc.constantFrom('', ' [arch=amd64]', ' [ lang="a b" x=y ]'),
    })
    .chain((start) =>
      fc
        .record({ uri: address, suite: word, gap: fc.constantFrom(' ', '\t', '  '), comment: noise })
        .map(
          ({ uri, suite, gap, comment }) => `${start.type}${start.options}${gap}${uri}${gap}${suite} main #${comment}`,
        ),
    ),
)
const listFile = fc
  .record({ lines: fc.array(listLine, { minLength: 1, maxLength: 12 }), newline, last: fc.boolean() })
  .map(({ lines, newline: end, last }) => lines.join(end) + (last ? end : ''))

test.each([
  ['stanzas', stanzaFile, aptDeb822Format, parseDeb822],
  ['lines', listFile, aptListFormat, parseOneLine],
] as const)('%s: foreign bytes stay, twice is nothing, the way back is exact', (_, files, format, parse) => {
  fc.assert(
    fc.property(files, (text) => {
      const bytes = fromBinary(text)
      const entries = parse(text)
      const edits = entries.map(({ key }) => ({ key, after: MIRROR }))
      const after = format.edit(bytes, edits)
      const changed = toBinary(after ?? bytes)
      // Everything but the addresses of sources in use, and the space about those, is as it was.
      const bare = (one: string, from: typeof entries): string =>
        from
          .flatMap(({ uris }) => uris)
          .toReversed()
          .reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), one)
          .replace(/[ \t\r\n]+/g, '')
      expect(bare(changed, parse(changed))).toBe(bare(text, entries))
      expect([...format.read(after)]).toEqual(entries.map(({ key }) => [key, MIRROR]))
      expect(format.edit(after, edits)).toBe(after)
      if (entries.every(({ uris }) => uris.length === 1)) {
        const back = entries.map(({ key, uris }) => ({ key, after: uris[0]?.text ?? '' }))
        expect(toBinary(format.edit(after, back) ?? new Uint8Array())).toBe(text)
      }
    }),
  )
})

test('whatever the bytes are, a file is read or refused with a line in it, and never changed by a refusal', () => {
  const any = fc.oneof(
    fc.string({ unit: fc.oneof(byte, fc.constantFrom(' ', '\n', '\t', '\0')) }),
    stanzaFile,
    listFile,
  )
  fc.assert(
    fc.property(any, fc.constantFrom(aptDeb822Format, aptListFormat), (text, format) => {
      const said = lineOf(() => format.read(fromBinary(text)))
      if (said instanceof Map) return
      const lines = text.split('\n').length
      expect(said).toEqual({ line: expect.any(Number) })
      expect(Number(Object.values(said ?? {})[0])).toBeLessThanOrEqual(lines)
    }),
  )
})

test('no hostile text becomes a line of its own', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom('http://a/\ndeb http://evil/ s main', 'http://a/#', 'x\u0000y', 'http://a/\r\nSigned-By: /evil'),
  )
  fc.assert(
    fc.property(
      hostile,
      fc.constantFrom<[Format, string]>([aptDeb822Format, STANZAS], [aptListFormat, LINES]),
      (after, [format, text]) => {
        const key = [...format.read(fromBinary(text)).keys()][1] ?? ''
        let result: string
        try {
          result = set(format, text, key, after)
        } catch {
          return
        }
        expect(result.split('\n').length).toBeLessThanOrEqual(text.split('\n').length)
        expect(result.replace(/[^\n]/g, '').length).toBeLessThanOrEqual(text.replace(/[^\n]/g, '').length)
      },
    ),
  )
})
