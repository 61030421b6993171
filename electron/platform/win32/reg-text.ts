import type { EnvValue } from '../../contract/plan.ts'
import type { EnvEntry } from '../../core/system.ts'

/**
 * The text that `reg export` writes and `reg import` reads ("Windows Registry Editor Version 5.00"), for one key.
 * UTF-16 with a byte order mark, so that neither code page nor console has a say in it. All strings are UTF-16
 * units as they are stored, half surrogate pairs too.
 */

const HEADER = 'Windows Registry Editor Version 5.00'
const TYPES: Readonly<Record<string, string>> = {
  '0': 'REG_NONE',
  '1': 'REG_SZ',
  '2': 'REG_EXPAND_SZ',
  '4': 'REG_DWORD',
  '6': 'REG_LINK',
  '7': 'REG_MULTI_SZ',
  b: 'REG_QWORD',
}

/** The values of the key `key` in an export of it; those of keys below it are left out. Throws `SyntaxError`. */
export function parseReg(bytes: Uint8Array, key: string): readonly EnvEntry[] {
  const text = fromUtf16(bytes)
  if (!text.startsWith(HEADER)) throw new SyntaxError('no export of the registry')
  const begin = text.toUpperCase().indexOf(`\n[${key.toUpperCase()}]`)
  if (begin < 0) throw new SyntaxError(`no key ${key}`)
  const entries: EnvEntry[] = []
  for (let at = text.indexOf('\n', begin + 1) + 1; at < text.length && text.charAt(at) !== '['; ) {
    const found = entryAt(text, at)
    if (found.entry) entries.push(found.entry)
    at = found.end
  }
  return entries
}

const QUOTED = '"((?:[^"\\\\]|\\\\[\\s\\S])*)"'
const LINES = {
  blank: /[ \t]*(?:;[^\n]*)?\r?\n|[ \t]+$/y,
  /** Group 1 the name (none: the key's own value), 2 a text, 3 the digits of a type, 4 its bytes, 5 a number. */
  value: new RegExp(
    `(?:${QUOTED}|@)=(?:${QUOTED}|hex(?:\\(([0-9a-f]+)\\))?:((?:[0-9a-f,\\s]|\\\\\\r?\\n)*?)|dword:([0-9a-f]+))[ \\t]*(?:\\r?\\n|$)`,
    'iy',
  ),
}

function entryAt(text: string, at: number): { entry: EnvEntry | null; end: number } {
  LINES.blank.lastIndex = at
  const blank = LINES.blank.exec(text)
  if (blank) return { entry: null, end: LINES.blank.lastIndex }
  LINES.value.lastIndex = at
  const match = LINES.value.exec(text)
  if (!match) throw new SyntaxError(`not understood: ${text.slice(at, at + 40)}`)
  const [, name, quoted, digits, list = '', number] = match
  const end = LINES.value.lastIndex
  if (name === undefined) return { entry: null, end }
  return { entry: entryOf(unescape(name), { quoted, digits, list, number }), end }
}

type Data = { quoted: string | undefined; digits: string | undefined; list: string; number: string | undefined }

function entryOf(name: string, { quoted, digits, list, number }: Data): EnvEntry {
  if (quoted !== undefined) return { name, type: 'REG_SZ', value: { type: 'REG_SZ', value: unescape(quoted) } }
  if (number !== undefined) return { name, type: 'REG_DWORD', value: null }
  const type = digits === undefined ? 'REG_BINARY' : (TYPES[digits.toLowerCase()] ?? `REG_TYPE_${digits}`)
  const text = type === 'REG_SZ' || type === 'REG_EXPAND_SZ' ? textOf(bytesIn(list)) : null
  return { name, type, value: text === null ? null : { type: type as EnvValue['type'], value: text } }
}

/** Windows escapes `\` and `"` alone; Wine ends of lines and NUL as well. No `\n` of Windows' own can be met here. */
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', r: '\r', '0': '\0' }
const unescape = (text: string): string => text.replace(/\\([\s\S])/g, (_, char: string) => ESCAPED[char] ?? char)

const bytesIn = (list: string): Uint8Array =>
  Uint8Array.from(list.match(/[0-9a-f]{1,2}/gi) ?? [], (byte) => Number.parseInt(byte, 16))

/** The stored text without the NULs that end it; null where it is no text, or one with something behind a NUL. */
function textOf(bytes: Uint8Array): string | null {
  if (bytes.length % 2 !== 0) return null
  const text = units(bytes, 0).replace(/\0+$/, '')
  return text.includes('\0') ? null : text
}

/** The text that stores one value, or removes it (null). Always as bytes, so that nothing has to be escaped. */
export function writeReg(key: string, name: string, value: EnvValue | null): Uint8Array {
  const quotedName = `"${name.replace(/[\\"]/g, '\\$&')}"`
  const data = value === null ? '-' : `hex(${value.type === 'REG_SZ' ? '1' : '2'}):${hex(`${value.value}\0`)}`
  return toUtf16(`${HEADER}\r\n\r\n[${key}]\r\n${quotedName}=${data}\r\n\r\n`)
}

const hex = (text: string): string => [...utf16(text)].map((byte) => byte.toString(16).padStart(2, '0')).join(',')

function utf16(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    bytes[index * 2] = unit & 0xff
    bytes[index * 2 + 1] = unit >> 8
  }
  return bytes
}

function units(bytes: Uint8Array, from: number): string {
  const parts: string[] = []
  for (let at = from; at + 1 < bytes.length; at += 2)
    parts.push(String.fromCharCode((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8)))
  return parts.join('')
}

const toUtf16 = (text: string): Uint8Array => utf16(`\uFEFF${text}`)

function fromUtf16(bytes: Uint8Array): string {
  if (bytes[0] !== 0xff || bytes[1] !== 0xfe) throw new SyntaxError('not UTF-16 with a byte order mark')
  return units(bytes, 2)
}
