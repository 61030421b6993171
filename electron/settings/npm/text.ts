import type { Value } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, lineAt, toBinary, withoutEnd } from '../binary.ts'

/** What a line of an .npmrc says to npm. `list`: it is written `key[]`. */
type Entry = { key: string; list: boolean; value: Value }

/** The lines as npm's parser cuts them (`\r`, `\n` and both), each with its own ending. */
const splitLines = (binary: string): string[] => binary.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
const endingOf = (line: string): string => /(?:\r\n|\r|\n)$/.exec(line)?.[0] ?? ''

const isQuoted = (text: string): boolean => /^(?:"[^]*"|'[^]*'|["'])$/.test(text)

/** Where a value that is not quoted ends: at the first `;` or `#` without a backslash before it. */
function commentAt(text: string): number {
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\') at++
    else if (char === ';' || char === '#') return at
  }
  return text.length
}

/** npm/ini `unsafe`: quotes are JSON where they can be; else `\\`, `\;` and `\#` are escapes and a comment ends it. */
function plain(raw: string): Value {
  const text = raw.trim()
  if (!isQuoted(text))
    return text
      .slice(0, commentAt(text))
      .replace(/\\([\\;#])/g, '$1')
      .trim()
  const inner = text.startsWith("'") ? text.slice(1, -1) : text
  try {
    // JSON.parse can give nothing but a Value.
    return JSON.parse(inner) as Value
  } catch {
    return inner
  }
}

const WORDS: Readonly<Record<string, Value>> = { true: true, false: false, null: null }

/** A line as npm reads it (npm/ini `decode`), `section` for a `[header]`, null for a comment or what npm skips. */
function readLine(line: string): Entry | 'section' | 'broken' | null {
  const text = decode(line.slice(0, line.length - endingOf(line).length))
  if (text === '' || /^\s*(?:[;#]|$)/.test(text)) return null
  const match = /^\[([^\]]*)\]\s*$|^([^=]+)(=(.*))?$/.exec(text)
  if (!match) return null
  if (match[1] !== undefined) return 'section'
  const named = plain(match[2] ?? '')
  // A quoted key may be any JSON. npm's parser breaks on null, and with it every npm; else only a text is a name of ours.
  if (named === null) return 'broken'
  if (typeof named !== 'string') return null
  const list = named.length > 2 && named.endsWith('[]')
  const value = match[3] === undefined ? true : plain(match[4] ?? '')
  const word = typeof value === 'string' && Object.hasOwn(WORDS, value) ? (WORDS[value] ?? null) : value
  return { key: list ? named.slice(0, -2) : named, list, value: word }
}

type Line = { raw: string; entry: Entry | null }

/** The lines at the top; what follows the first section is none of npm's settings and comes back as `rest`. */
function topLines(binary: string): { lines: Line[]; rest: string } {
  const lines: Line[] = []
  const all = splitLines(binary)
  for (const [index, raw] of all.entries()) {
    const entry = readLine(raw)
    if (entry === 'broken')
      throw new CodedError('unparsable-file', { line: lineAt(binary, all.slice(0, index).join('').length) })
    if (entry === 'section') return { lines, rest: all.slice(index).join('') }
    lines.push({ raw, entry })
  }
  return { lines, rest: '' }
}

/** A path that npm is to expand: of whoever reads the file, which may be copied into homes to come. */
const OF_HOME = /^\$\{HOME\}(?=\/)/

/** A value as npm reads it back. Throws a TypeError for what no line can hold, or what npm would expand unasked. */
function written(value: Value): string {
  if (
    typeof value !== 'string' ||
    value === '' ||
    value !== value.trim() ||
    /[\u0000-\u001f\u007f\u2028\u2029\ufffd\ud800-\udfff]|^["']|\$\{/u.test(value.replace(OF_HOME, '~')) ||
    Object.hasOwn(WORDS, value)
  )
    throw new TypeError('not a value for an .npmrc')
  return encode(value.replace(/[\\;#]/g, '\\$&'))
}

function checkedKey(key: string): string {
  if (!/^[@/\w][\w@:./[\]~%-]*$/.test(key) || key.endsWith('[]') || key === '__proto__')
    throw new TypeError(`not a key for an .npmrc: ${key}`)
  return key
}

/** A line with another value: spacing, a comment behind the value and the line's ending stay. */
function withValue(raw: string, value: string): string {
  const ending = endingOf(raw)
  const body = raw.slice(0, raw.length - ending.length)
  const at = body.indexOf('=')
  if (at < 0) return withFirstValue(body, value) + ending
  const lead = /^[ \t]*/.exec(body.slice(at + 1))?.[0] ?? ''
  const old = body.slice(at + 1 + lead.length)
  const text = decode(old).trim()
  const comment = isQuoted(text) ? '' : old.slice(commentAt(old))
  const before = old.slice(0, commentAt(old))
  const gap = comment === '' ? '' : before.slice(withoutEnd(before, ' \t').length)
  return `${body.slice(0, at + 1)}${lead}${value}${gap}${comment}${ending}`
}

/** A key that stood alone, which npm reads as `true`. */
function withFirstValue(body: string, value: string): string {
  const end = isQuoted(decode(body).trim()) ? body.length : commentAt(body)
  const name = withoutEnd(body.slice(0, end), ' \t')
  return `${name}=${value}${body.slice(name.length)}`
}

function setKey(binary: string, key: string, after: Value): string {
  const value = written(after)
  const { lines, rest } = topLines(binary)
  // One `key[]` makes a list of all of them, which npm refuses for an address.
  const lists = lines.some(({ entry }) => entry?.key === key && entry.list)
  const kept = lists ? without(lines, key) : lines
  const last = kept.findLast(({ entry }) => entry?.key === key)
  if (last) {
    if (last.entry?.value === after) return binary
    const kindly = withValue(last.raw, value)
    // A comment may hold what makes npm skip the line once it has a value (U+2028).
    const read = readLine(kindly)
    const works = typeof read === 'object' && read?.key === key && read.value === after
    last.raw = works ? kindly : `${key}=${value}${endingOf(last.raw)}`
    return kept.map(({ raw }) => raw).join('') + rest
  }
  const newline = endingOf(lines[0]?.raw ?? '') || endingOf(splitLines(rest)[0] ?? '') || '\n'
  const text = kept.map(({ raw }) => raw).join('')
  const gap = text === '' || endingOf(text) !== '' || text === BOM ? '' : newline
  return `${text}${gap}${key}=${value}${newline}${rest}`
}

const BOM = '\u00ef\u00bb\u00bf'

function removeKey(binary: string, key: string): string {
  const { lines, rest } = topLines(binary)
  if (!lines.some(({ entry }) => entry?.key === key)) return binary
  return (
    without(lines, key)
      .map(({ raw }) => raw)
      .join('') + rest
  )
}

/** The lines without those of a key; a byte order mark stays. */
const without = (lines: readonly Line[], key: string): Line[] =>
  lines.map((line) => (line.entry?.key === key ? { raw: line.raw.startsWith(BOM) ? BOM : '', entry: null } : line))

/**
 * An .npmrc as npm reads it (npm/ini 6): `key=value`, `;` and `#` comments, JSON in quotes, the last duplicate
 * wins, `key[]` makes a list, what stands under a `[section]` is no setting. A byte order mark counts as blank.
 *
 * `${NAME}` is not expanded here. A line on which npm's parser breaks is refused: `unparsable-file` {line}. All lines that are not ours stay byte for byte; a line of ours keeps its
 * place, spacing, comment and ending. Removing a key removes all its duplicates.
 */
export const npmrcFormat: Format = {
  id: 'npmrc',
  read(bytes) {
    const keys = new Map<string, Value>()
    for (const { entry } of bytes === null ? [] : topLines(toBinary(bytes)).lines) {
      if (entry === null) continue
      const former = keys.get(entry.key)
      if (!entry.list && !Array.isArray(former)) keys.set(entry.key, entry.value)
      else
        keys.set(entry.key, [...(Array.isArray(former) ? former : former === undefined ? [] : [former]), entry.value])
    }
    return keys
  },
  edit(bytes, edits) {
    const before = bytes === null ? '' : toBinary(bytes)
    let text = before
    for (const { key, after } of edits)
      text = after === null ? removeKey(text, checkedKey(key)) : setKey(text, checkedKey(key), after)
    if (text === before) return bytes
    return text === '' ? null : fromBinary(text)
  },
}

/** `${NAME}` and `${NAME?}` as npm expands them (@npmcli/config env-replace); an unknown name stays, with `?` it is empty. */
export function expandNpm(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replace(/(?<!\\)(\\*)\$\{([^${}?]+)(\?)?\}/g, (whole: string, escapes: string, name: string, mark) => {
    if (escapes.length % 2 === 1) return whole.slice((escapes.length + 1) / 2)
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined
    return escapes.slice(escapes.length / 2) + (value ?? (mark === undefined ? `\${${name}}` : ''))
  })
}
