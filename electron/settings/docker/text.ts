import type { Value } from '../../contract/plan.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, toBinary } from '../binary.ts'
import { scanObject, type Member, type ObjectSpans } from './json-spans.ts'

const BOM = '\u00ef\u00bb\u00bf'

/** How the file is laid out, so that what we add looks like the rest. `indent` null: all on one line. */
type Style = { newline: string; indent: string | null; colon: string; comma: string }

function styleOf(text: string, { open, members }: ObjectSpans): Style {
  const first = members[0]
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  if (!first) return { newline, indent: '  ', colon: ': ', comma: ', ' }
  const lead = text.slice(open + 1, first.keyStart)
  const colon = /\s$/.test(text.slice(first.keyStart, first.valueStart)) ? ': ' : ':'
  return {
    newline,
    indent: lead.includes('\n') ? lead.slice(lead.lastIndexOf('\n') + 1) : null,
    colon,
    comma: colon === ':' ? ',' : ', ',
  }
}

/** A value as text; a list goes over several lines when the file does. */
function render(value: Value, style: Style, inline: boolean): string {
  const plain = (item: Value): string => encode(JSON.stringify(item))
  if (!Array.isArray(value)) return plain(value)
  if (value.length === 0) return '[]'
  const items = value.map(plain)
  const { newline, indent } = style
  if (inline || indent === null) return `[${items.join(style.comma)}]`
  const deeper = `${newline}${indent}${indent === '' ? '  ' : indent}`
  return `[${deeper}${items.join(`,${deeper}`)}${newline}${indent}]`
}

function valueAt(text: string, member: Member): Value {
  // JSON.parse can give nothing but a Value here.
  return JSON.parse(decode(text.slice(member.valueStart, member.valueEnd))) as Value
}

/** Sets one key of a JSON object; the rest stays byte for byte. `text` is a binary string. Throws `unparsable-file` {line}. */
export function withKey(text: string, key: string, after: Value): string {
  const spans = scanObject(text)
  const style = styleOf(text, spans)
  const old = spans.members.find((member) => member.key === key)
  if (old) {
    const former = text.slice(old.valueStart, old.valueEnd)
    if (JSON.stringify(valueAt(text, old)) === JSON.stringify(after)) return text
    const inline = !former.includes('\n') && !/^\[\s*\]$/.test(former)
    return text.slice(0, old.valueStart) + render(after, style, inline) + text.slice(old.valueEnd)
  }
  const member = `${encode(JSON.stringify(key))}${style.colon}${render(after, style, false)}`
  const last = spans.members.at(-1)
  if (last) {
    const gap = style.indent === null ? style.comma : `,${style.newline}${style.indent}`
    return text.slice(0, last.valueEnd) + gap + member + text.slice(last.valueEnd)
  }
  const inner = `${style.newline}${style.indent ?? ''}${member}${style.newline}`
  return text.slice(0, spans.open + 1) + inner + text.slice(spans.close)
}

/** Takes one key out of a JSON object. */
export function withoutKey(text: string, key: string): string {
  const { open, close, members } = scanObject(text)
  const at = members.findIndex((member) => member.key === key)
  const gone = members[at]
  if (!gone) return text
  const next = members[at + 1]
  if (next) return text.slice(0, gone.keyStart) + text.slice(next.keyStart)
  const former = members[at - 1]
  if (former) return text.slice(0, former.valueEnd) + text.slice(gone.valueEnd)
  return text.slice(0, open + 1) + text.slice(close)
}

/** Blank, as `touch` leaves it: newer daemons take that for an empty object, and so do we. */
const isBlank = (text: string): boolean => /^[ \t\r\n]*$/.test(text.startsWith(BOM) ? text.slice(3) : text)

/**
 * daemon.json: top-level keys. An edit rewrites only the span of its key; order, unknown keys,
 * indentation, line ends, a byte order mark and the final newline (or none) stay byte for byte.
 * What the daemon would not parse is refused: `unparsable-file` {line}.
 * Removing the only key leaves `{}`, because a daemon started with --config-file needs the file.
 */
export const daemonJsonFormat: Format = {
  id: 'daemon-json',
  read(bytes) {
    const text = bytes === null ? '' : toBinary(bytes)
    if (isBlank(text)) return new Map()
    return new Map(scanObject(text).members.map((member) => [member.key, valueAt(text, member)]))
  },
  edit(bytes, edits) {
    const before = bytes === null ? '' : toBinary(bytes)
    const blank = isBlank(before)
    let text = blank ? `${before.startsWith(BOM) ? BOM : ''}{}\n` : before
    if (!blank) scanObject(text)
    for (const { key, after } of edits) text = after === null ? withoutKey(text, key) : withKey(text, key, after)
    if (text === before || (blank && edits.every(({ after }) => after === null))) return bytes
    return fromBinary(text)
  },
}
