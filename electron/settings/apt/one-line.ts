import { splitLines } from '../binary.ts'
import { type Entry, keyed, type Parse, sourcesFormat, unparsable, type Word } from './entry.ts'

/**
 * Lines of a `sources.list` as apt reads them (apt-pkg/sourcelist.cc): `type [options] uri suite component…`,
 * `#` begins a comment unless it stands in brackets, a word may hold "quotes" and [brackets].
 * What apt refuses is refused.
 */
export const parseOneLine: Parse = (text) => {
  const entries: Omit<Entry, 'key'>[] = []
  let start = 0
  for (const [index, raw] of splitLines(text).entries()) {
    const content = withoutComment(raw)
    if (content.trim() !== '') entries.push(entryOf(content, start, index + 1))
    start += raw.length
  }
  return keyed(entries)
}

/** `.list` files: the value of a key is the address in that line. */
export const aptListFormat = sourcesFormat('apt-list', parseOneLine, 1)

/** Also without its end, so that offsets stay right. */
function withoutComment(line: string): string {
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '#') return line.slice(0, at)
    if (line[at] !== '[') continue
    const close = line.indexOf(']', at + 1)
    if (close > 0) at = close
  }
  return line.replace(/\r?\n$/, '')
}

/** The next word from `from`; quotes and brackets hold it together. null at the end or where one stays open. */
function nextWord(text: string, from: number): Word | null {
  let start = from
  while (start < text.length && /\s/.test(text.charAt(start))) start++
  let end = start
  for (; end < text.length && !/\s/.test(text.charAt(end)); end++) {
    const closing = text[end] === '"' ? '"' : text[end] === '[' ? ']' : null
    if (closing === null) continue
    end = text.indexOf(closing, end + 1)
    if (end < 0) return null
  }
  return end > start ? { text: text.slice(start, end), start, end } : null
}

function entryOf(content: string, offset: number, line: number): Omit<Entry, 'key'> {
  const type = nextWord(content, 0)
  if (type?.text !== 'deb' && type?.text !== 'deb-src') throw unparsable(line, `type ${type?.text ?? ''}`)
  const options = optionsOf(content, type.end, line)
  const uri = nextWord(content, options.end)
  const suite = uri && nextWord(content, uri.end)
  if (!uri || !suite || !/^"?[a-z][a-z0-9+.-]*:/i.test(uri.text)) throw unparsable(line, 'no address')
  const components: string[] = []
  for (let word = nextWord(content, suite.end); word; word = nextWord(content, word.end)) components.push(word.text)
  if (components.length > 0 === suite.text.endsWith('/')) throw unparsable(line, 'components')
  const { text } = uri
  return {
    types: [type.text],
    uris: [{ text, start: offset + uri.start, end: offset + uri.end }],
    suites: [suite.text],
    components,
    architectures: (options.values.get('arch') ?? '').split(',').filter((arch) => arch !== ''),
    signedBy: options.values.get('signed-by') ?? null,
    line,
  }
}

function optionsOf(content: string, from: number, line: number): { values: Map<string, string>; end: number } {
  const values = new Map<string, string>()
  const open = /^\s*\[/.exec(content.slice(from))
  if (!open) return { values, end: from }
  const begin = from + open[0].length
  const end = content.indexOf(']', begin)
  if (end < 0) throw unparsable(line, 'an option that stays open')
  for (const [option] of content.slice(begin, end).matchAll(/(?:[^\s"]|"[^"]*")+/g)) {
    const match = /^([^=]+?)[+-]?=(.*)$/.exec(option)
    if (!match) throw unparsable(line, `option ${option}`)
    values.set((match[1] ?? '').toLowerCase(), (match[2] ?? '').replaceAll('"', ''))
  }
  return { values, end: end + 1 }
}
