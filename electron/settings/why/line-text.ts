import { createHash } from 'node:crypto'
import type { Value } from '../../contract/plan.ts'
import type { Format } from '../../core/setting.ts'
import { encode, fromBinary, splitLines, toBinary } from '../binary.ts'

/** What stands in front of a line that was switched off; in a block of a shell a bare comment could leave it empty. */
const MARKS = { off: '# goready: ', 'off-in-block': ': # goready: ' } as const
type Way = keyof typeof MARKS | 'cr' | 'bom'
const BOM = '\u00ef\u00bb\u00bf'

/** What a line is known by: its text without marks, line end and carriage return, and which of its twins it is. */
export const lineKey = (way: Way, bytes: Uint8Array, line: number): string => lineKeys(way, bytes, [line])[0] ?? ''

/** The same of several lines, in their order; a file of many lines is gone through once for all of them. */
export function lineKeys(way: Way, bytes: Uint8Array, wanted: readonly number[]): readonly string[] {
  const twins = new Map<string, number>()
  const known = splitLines(toBinary(bytes)).map((raw) => {
    const text = bare(raw)
    const twin = twins.get(text) ?? 0
    twins.set(text, twin + 1)
    return { text, twin }
  })
  return wanted.map((line) => {
    const { text, twin } = known[line - 1] ?? { text: '', twin: twins.get('') ?? 0 }
    return `${way}:${hashOf(text)}:${twin}`
  })
}

const hashOf = (text: string): string => createHash('sha256').update(encode(text)).digest('hex').slice(0, 16)

function bare(raw: string): string {
  let text = raw.replace(/\r?\n$/, '').replace(/\r$/, '')
  if (text.startsWith(BOM)) text = text.slice(BOM.length)
  for (const mark of Object.values(MARKS)) {
    const at = /^[ \t]*/.exec(text)?.[0].length ?? 0
    if (text.startsWith(mark, at)) text = text.slice(0, at) + text.slice(at + mark.length)
  }
  return text
}

/** A line with its mark put in behind the indent, or taken out. */
function marked(raw: string, mark: string, on: boolean): string {
  const at = /^[ \t]*/.exec(raw)?.[0].length ?? 0
  const has = raw.startsWith(mark, at)
  if (has === on) return raw
  return on ? raw.slice(0, at) + mark + raw.slice(at) : raw.slice(0, at) + raw.slice(at + mark.length)
}

/** A line with or without a carriage return at its end. */
const returned = (raw: string, on: boolean): string =>
  on ? raw.replace(/\r?(\n?)$/, '\r$1') : raw.replace(/\r(\n?)$/, '$1')

function changed(raw: string, way: Way, done: boolean): string {
  if (way === 'cr') return returned(raw, !done)
  if (way === 'bom') return (done ? '' : BOM) + (raw.startsWith(BOM) ? raw.slice(BOM.length) : raw)
  return marked(raw, MARKS[way], done)
}

function wayOf(key: string): { way: Way; hash: string; twin: number } {
  const [way, hash = '', twin = ''] = key.split(':')
  if (way !== 'off' && way !== 'off-in-block' && way !== 'cr' && way !== 'bom')
    throw new TypeError(`not a line: ${key}`)
  return { way, hash, twin: Number(twin) }
}

/**
 * Single lines of a file of the user's that is otherwise left as it is. A key names a way and a line by the hash of its
 * text (a password in it must not stand in a plan) and its number among its twins:
 * `off`, `off-in-block`: the line becomes a comment that still shows what it was; `cr`: the carriage return at its end
 * goes; `bom`: the byte order mark in front of the first line goes. The value is true where that was done, null where
 * it was not, so that each is taken back by itself, whatever else was edited since. A line that is gone stays gone.
 */
export const lineFormat: Format = {
  id: 'line',
  read(bytes) {
    const keys = new Map<string, Value>()
    for (const [index, raw] of (bytes === null ? [] : splitLines(toBinary(bytes))).entries()) {
      for (const way of ['off', 'off-in-block'] as const)
        if (bytes !== null && marked(raw, MARKS[way], false) !== raw) keys.set(lineKey(way, bytes, index + 1), true)
    }
    return keys
  },
  edit(bytes, edits) {
    if (bytes === null) return null
    const before = toBinary(bytes)
    const lines = splitLines(before)
    const hashes = lines.map((raw) => hashOf(bare(raw)))
    for (const { key, after } of edits) {
      const { way, hash, twin } = wayOf(key)
      const found = hashes.flatMap((one, index) => (one === hash ? [index] : []))[twin]
      const raw = found === undefined ? undefined : lines[found]
      if (found === undefined || raw === undefined) continue
      const line = changed(raw, way, after === true)
      lines[found] = line
      hashes[found] = hashOf(bare(line))
    }
    const result = lines.join('')
    return result === before ? bytes : fromBinary(result)
  },
}
