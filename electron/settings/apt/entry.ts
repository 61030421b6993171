import type { Value } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, toBinary } from '../binary.ts'

/** A word of a file (a binary string, see `binary.ts`) and where it stands. */
export type Word = { text: string; start: number; end: number }

/** One source as apt reads it: a stanza of a `.sources` file or a line of a `.list` file. */
export type Entry = {
  /** What the entry is, without its addresses: stays the same when they change. */
  key: string
  types: readonly string[]
  uris: readonly Word[]
  suites: readonly string[]
  components: readonly string[]
  /** Empty: those of the machine. */
  architectures: readonly string[]
  /** A path, a fingerprint or a key in full; null where apt's own key rings count. */
  signedBy: string | null
  /** 1-based. */
  line: number
}

/** Reads the sources that are in use out of one file. Throws `unparsable-file` {line}. */
export type Parse = (text: string) => readonly Entry[]

export const unparsable = (line: number, reason: string): CodedError =>
  new CodedError('unparsable-file', { line }, reason)

/** Keys of entries in their order; what comes twice is numbered. */
export function keyed(entries: readonly Omit<Entry, 'key'>[]): readonly Entry[] {
  const seen = new Map<string, number>()
  return entries.map((entry) => {
    const { types, suites, components, architectures } = entry
    const limits = architectures.length === 0 ? [] : [`[${architectures.join(',')}]`]
    const name = [...types, ...limits, ...suites, ...components].join(' ')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return { ...entry, key: count === 1 ? name : `${name} #${count}` }
  })
}

/** The addresses of an entry as the value of its key. */
export const uriValue = (uris: readonly { text: string }[]): string => uris.map(({ text }) => text).join(' ')

function wordsOf(value: Value, most: number): readonly string[] {
  const words = typeof value === 'string' ? value.split(' ').filter((word) => word !== '') : []
  // What comes here was checked as an address long before; this file is root's, so nothing else may slip in.
  const bad = words.find((word) => /[\s\u0000-\u001f\u007f#]/.test(word))
  if (bad !== undefined || words.length > most) throw new Error(`no address for apt: ${JSON.stringify(value)}`)
  return words
}

/**
 * A format whose keys are the sources in a file and whose values are their addresses. Only the addresses
 * change; a key that is not there (any more) and a value without an address change nothing.
 * `most`: how many addresses an entry can have.
 */
export function sourcesFormat(id: Format['id'], parse: Parse, most: number): Format {
  return {
    id,
    read: (bytes) =>
      new Map(parse(bytes === null ? '' : toBinary(bytes)).map((entry) => [entry.key, decode(uriValue(entry.uris))])),
    edit(bytes, edits) {
      if (bytes === null) return null
      let text = toBinary(bytes)
      for (const { key, after } of edits) {
        const entry = parse(text).find((one) => one.key === key)
        if (!entry || after === decode(uriValue(entry.uris))) continue
        const wanted = wordsOf(after, most)
        if (wanted.length > 0) text = checkedUris(withUris(text, entry.uris, wanted), key, wanted, parse)
      }
      return text === toBinary(bytes) ? bytes : fromBinary(text)
    },
  }
}

/** Reads an edit back as apt does: an address that it takes apart (brackets, quotes) is none. */
function checkedUris(text: string, key: string, wanted: readonly string[], parse: Parse): string {
  let found: Entry | undefined
  try {
    found = parse(text).find((one) => one.key === key)
  } catch {
    // Told below: the file was fine before.
  }
  if (found === undefined || uriValue(found.uris) !== wanted.map(encode).join(' '))
    throw new Error(`no address for apt: ${JSON.stringify(wanted)}`)
  return text
}

/** Puts `wanted` where `uris` stand: word for word, what is too much goes, what is missing follows the last. */
function withUris(text: string, uris: readonly Word[], wanted: readonly string[]): string {
  let result = text
  for (const [index, word] of [...uris.entries()].toReversed()) {
    const last = index === uris.length - 1
    const now = wanted[index]
    const more = last ? wanted.slice(uris.length) : []
    if (now === undefined) result = withoutWord(result, word)
    else result = result.slice(0, word.start) + [now, ...more].map(encode).join(' ') + result.slice(word.end)
  }
  return result
}

/** Takes a word out with the space before it; a line that would be left blank goes as a whole: it would end the stanza. */
function withoutWord(text: string, { start, end }: Word): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const newline = text.indexOf('\n', end)
  const lineEnd = newline < 0 ? text.length : newline + 1
  const alone = (text.slice(lineStart, start) + text.slice(end, lineEnd)).trim() === ''
  if (alone)
    return newline < 0 ? text.slice(0, lineStart).replace(/\r?\n$/, '') : text.slice(0, lineStart) + text.slice(lineEnd)
  const before = text.slice(0, start).replace(/[ \t]+$/, '')
  return before + text.slice(end)
}
