import type { Value } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, toBinary } from '../binary.ts'

/** What Python's `str.strip` takes away; a byte order mark is not among it, and so breaks the first line. */
const BLANK = '[\\t-\\r\\u001c-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const IS_BLANK = new RegExp(BLANK)
const INDENT = new RegExp(`^${BLANK}*`)

/** By hand: an expression for the blanks at the end begins anew at each blank of a long line. */
function stripEnd(text: string): string {
  let end = text.length
  while (end > 0 && IS_BLANK.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}
const strip = (text: string): string => stripEnd(text.replace(INDENT, ''))

type Part =
  | { kind: 'blank' | 'comment' }
  | { kind: 'section'; name: string }
  | { kind: 'option'; section: string; name: string; value: string }
  | { kind: 'continued'; option: number; value: string }
type Line = { raw: string; indent: string; part: Part }

/** Universal newlines, each line with its own ending. */
const splitLines = (binary: string): string[] => binary.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []
const endingOf = (line: string): string => /(?:\r\n|\r|\n)$/.exec(line)?.[0] ?? ''

/** pip's name of an option (pip/_internal/configuration.py `_normalize_name`). */
const normalized = (name: string): string => name.toLowerCase().replaceAll('_', '-').replace(/^--/, '')

type Reading = { section: string | null; option: number | null; indent: number; seen: Set<string> }

/** One line as Python's RawConfigParser reads it, strict as pip uses it. Throws what it refuses. */
function readLine(text: string, index: number, at: Reading): Part | string {
  const value = strip(text)
  if (/^[#;]/.test(value)) return { kind: 'comment' }
  if (value === '') return { kind: 'blank' }
  const indent = INDENT.exec(text)?.[0].length ?? 0
  if (at.section !== null && at.option !== null && indent > at.indent)
    return { kind: 'continued', option: at.option, value }
  at.indent = indent
  const header = /^\[([^]+)\]/.exec(value)?.[1]
  if (header !== undefined) {
    if (at.seen.has(`[${header}]`) && header !== 'DEFAULT') return 'duplicate section'
    at.seen.add(`[${header}]`)
    at.section = header
    at.option = null
    return { kind: 'section', name: header }
  }
  if (at.section === null) return 'no section'
  const match = /^([^]*?)[=:]([^]*)$/.exec(value)
  const name = strip(match?.[1] ?? '').toLowerCase()
  if (!match || name === '') return 'no option'
  const key = JSON.stringify([at.section, name])
  if (at.seen.has(key)) return 'duplicate option'
  at.seen.add(key)
  at.option = index
  return { kind: 'option', section: at.section, name, value: strip(match[2] ?? '') }
}

function readLines(binary: string): Line[] {
  const at: Reading = { section: null, option: null, indent: 0, seen: new Set() }
  return splitLines(binary).map((raw, index) => {
    const text = decode(raw.slice(0, raw.length - endingOf(raw).length))
    const part = readLine(text, index, at)
    if (typeof part === 'string') throw new CodedError('unparsable-file', { line: index + 1 }, part)
    return { raw, indent: INDENT.exec(text)?.[0] ?? '', part }
  })
}

/** The whole value of an option: its own line and those that go on from it, as Python joins them. */
function valueOf(lines: readonly Line[], index: number): string {
  const values: string[] = []
  for (let at = index; at < lines.length; at++) {
    const part = lines[at]?.part
    if (part === undefined) break
    if (at === index && part.kind === 'option') values.push(part.value)
    else if (part.kind === 'continued' && part.option === index) values.push(part.value)
    else if (part.kind === 'blank') values.push('')
    else if (part.kind !== 'comment') break
  }
  return stripEnd(values.join('\n'))
}

function splitKey(key: string): { section: string; option: string } {
  const at = key.indexOf('.')
  const [section, option] = [key.slice(0, at), key.slice(at + 1)]
  if (at < 1 || !/^[a-z]+$/.test(section) || !/^[a-z][a-z-]*$/.test(option))
    throw new TypeError(`not a key for pip.conf: ${key}`)
  return { section, option }
}

/** A value that Python reads back from one line. */
function written(value: Value): string {
  if (
    typeof value !== 'string' ||
    value === '' ||
    strip(value) !== value ||
    /[\u0000-\u001f\u007f\u0085\u2028\u2029\ufffd\ud800-\udfff]/u.test(value)
  )
    throw new TypeError('not a value for pip.conf')
  return encode(value)
}

/** Indices of the lines that give `key` a value; pip takes the last one. */
function found(lines: readonly Line[], key: string): readonly number[] {
  const { section, option } = splitKey(key)
  return lines.flatMap(({ part }, index) =>
    part.kind === 'option' && part.section === section && normalized(part.name) === option ? [index] : [],
  )
}

/** Without an option and the lines that it goes on over; comments between them stay. */
const without = (lines: readonly Line[], options: readonly number[]): Line[] =>
  lines.filter(
    ({ part }, index) => !options.includes(index) && !(part.kind === 'continued' && options.includes(part.option)),
  )

const textOf = (lines: readonly Line[]): string => lines.map(({ raw }) => raw).join('')

function setKey(binary: string, key: string, after: Value): string {
  const value = written(after)
  const lines = readLines(binary)
  const at = found(lines, key).at(-1)
  if (at !== undefined) {
    if (valueOf(lines, at) === after) return binary
    return textOf(
      lines.flatMap((line, index) => {
        if (line.part.kind === 'continued' && line.part.option === at) return []
        return index === at ? [{ ...line, raw: withValue(line.raw, value) }] : [line]
      }),
    )
  }
  const { section, option } = splitKey(key)
  const newline = endingOf(lines[0]?.raw ?? '') || '\n'
  const header = lines.findIndex(({ part }) => part.kind === 'section' && part.name === section)
  if (header < 0) {
    const gap = binary === '' || endingOf(binary) !== '' ? '' : newline
    return `${binary}${gap}[${section}]${newline}${option} = ${value}${newline}`
  }
  // As far in as what follows: further in it would go on from ours, and ours from what stands before.
  const next =
    lines[
      header + 1 + lines.slice(header + 1).findIndex(({ part }) => part.kind === 'option' || part.kind === 'section')
    ]
  const [head, tail] = [lines.slice(0, header + 1), lines.slice(header + 1)]
  const indent = next?.indent ?? ''
  const before = textOf(head)
  const gap = endingOf(before) === '' ? newline : ''
  return `${before}${gap}${encode(indent)}${option} = ${value}${newline}${textOf(tail)}`
}

/** The line of an option with another value; name, spacing and ending stay. */
function withValue(raw: string, value: string): string {
  const ending = endingOf(raw)
  const body = raw.slice(0, raw.length - ending.length)
  const name = body.slice(0, body.search(/[=:]/) + 1)
  const space = /^[ \t]*/.exec(body.slice(name.length))?.[0] ?? ''
  const old = strip(decode(body.slice(name.length)))
  return `${name}${old === '' && space === '' ? ' ' : space}${value}${ending}`
}

function removeKey(binary: string, key: string): string {
  const lines = readLines(binary)
  const options = found(lines, key)
  if (options.length === 0) return binary
  const left = without(lines, options)
  // Nothing but an empty section: that is what we would have made.
  const { section } = splitKey(key)
  const bare = left.every(({ part }) => part.kind === 'blank' || (part.kind === 'section' && part.name === section))
  return bare ? '' : textOf(left)
}

/**
 * pip.conf: keys are `section.option` in pip's own spelling (`global.index-url`). Read as pip reads it (Python's
 * RawConfigParser, strict): `=` or `:`, whole-line comments, indented lines go on, names in any case and with `_`
 * for `-`. What Python refuses is refused: `unparsable-file` {line}. Everything that is not ours stays byte for byte.
 */
export const pipConfFormat: Format = {
  id: 'pip-conf',
  read(bytes) {
    const keys = new Map<string, Value>()
    const lines = bytes === null ? [] : readLines(toBinary(bytes))
    for (const [index, { part }] of lines.entries())
      if (part.kind === 'option') keys.set(`${part.section}.${normalized(part.name)}`, valueOf(lines, index))
    return keys
  },
  edit(bytes, edits) {
    const before = bytes === null ? '' : toBinary(bytes)
    let text = before
    readLines(text)
    for (const { key, after } of edits) {
      text = after === null ? removeKey(text, key) : setKey(text, key, after)
      readLines(text)
    }
    if (text === before) return bytes
    return text === '' ? null : fromBinary(text)
  },
}
