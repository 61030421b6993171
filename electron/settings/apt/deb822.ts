import { splitLines } from '../binary.ts'
import { type Entry, keyed, type Parse, sourcesFormat, unparsable, type Word } from './entry.ts'

/** A field with the words of its value over all its lines. */
type Field = { line: number; words: Word[] }
type Stanza = { line: number; fields: Map<string, Field> }

/** What `Enabled` may say for no. Source: apt's apt-pkg/contrib/strutl.cc `StringToBool`. */
const NO = new Set(['0', 'no', 'false', 'without', 'off', 'disable'])
const TYPES = new Set(['deb', 'deb-src'])

/**
 * Stanzas of a `.sources` file as apt 2.6 reads them: only an empty line ends a stanza (one of spaces goes on
 * with the value), lines that begin with `#` count nowhere, names know no case.
 * What apt refuses is refused, and a field that comes twice in one stanza as well.
 */
export const parseDeb822: Parse = (text) =>
  keyed(stanzasOf(text).flatMap((stanza) => (isOff(stanza) ? [] : [entryOf(stanza)])))

/** `.sources` files: the value of a key are the `URIs` of that stanza. */
export const aptDeb822Format = sourcesFormat('apt-deb822', parseDeb822, 64)

function stanzasOf(text: string): readonly Stanza[] {
  const stanzas: Stanza[] = []
  let stanza: Stanza | null = null
  let field: Field | null = null
  let start = 0
  for (const [index, raw] of splitLines(text).entries()) {
    const content = raw.replace(/\r?\n$/, '').replace(/\r$/, '')
    const line = index + 1
    if (content === '') {
      stanza = null
      field = null
    } else if (content.startsWith('#')) {
      // A comment: nothing begins and nothing ends.
    } else if (/^[ \t]/.test(content)) {
      if (!field) throw unparsable(line, 'a value that goes on without a field')
      field.words.push(...words(content, start))
    } else {
      const match = /^([^\s:#][^\s:]*)[ \t]*:/.exec(content)
      // A byte order mark makes an unknown name of the first one, also to apt.
      if (!match || (match[1] ?? '').startsWith('\u00ef\u00bb\u00bf')) throw unparsable(line, 'no field')
      const name = (match[1] ?? '').toLowerCase()
      if (!stanza) stanzas.push((stanza = { line, fields: new Map() }))
      if (stanza.fields.has(name)) throw unparsable(line, `${name} comes twice`)
      field = { line, words: words(content.slice(match[0].length), start + match[0].length) }
      stanza.fields.set(name, field)
    }
    start += raw.length
  }
  return stanzas
}

const words = (text: string, offset: number): Word[] =>
  [...text.matchAll(/\S+/g)].map((match) => ({
    text: match[0],
    start: offset + match.index,
    end: offset + match.index + match[0].length,
  }))

const textsOf = (stanza: Stanza, name: string): readonly string[] =>
  (stanza.fields.get(name)?.words ?? []).map(({ text }) => text)

function isOff(stanza: Stanza): boolean {
  const types = textsOf(stanza, 'types')
  const unknown = types.find((type) => !TYPES.has(type))
  if (types.length === 0 || unknown !== undefined)
    throw unparsable(stanza.fields.get('types')?.line ?? stanza.line, `type ${unknown ?? ''}`)
  return NO.has(textsOf(stanza, 'enabled')[0]?.toLowerCase() ?? '')
}

function entryOf(stanza: Stanza): Omit<Entry, 'key'> {
  const uris = stanza.fields.get('uris')
  const suites = textsOf(stanza, 'suites')
  const components = textsOf(stanza, 'components')
  const bad = uris?.words.find(({ text }) => !/^[a-z][a-z0-9+.-]*:/i.test(text) || /["\u0000-\u001f]/.test(text))
  if (!uris || uris.words.length === 0 || bad) throw unparsable(uris?.line ?? stanza.line, `URIs ${bad?.text ?? ''}`)
  if (suites.length === 0) throw unparsable(stanza.line, 'no suite')
  if (components.length === 0 && suites.some((suite) => !suite.endsWith('/')))
    throw unparsable(stanza.line, 'no component')
  const signedBy = textsOf(stanza, 'signed-by').join(' ')
  return {
    types: textsOf(stanza, 'types'),
    uris: uris.words,
    suites,
    components,
    architectures: textsOf(stanza, 'architectures'),
    signedBy: signedBy === '' ? null : signedBy,
    line: stanza.line,
  }
}
