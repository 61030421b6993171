import { z } from 'zod'
import type { Value } from '../../contract/plan.ts'
import type { Format } from '../../core/setting.ts'
import { CodedError } from '../../core/errors.ts'
import { decode, encode, fromBinary, lineAt, splitLines, toBinary } from '../binary.ts'

type Token = { text: string; start: number; end: number }
/** One `machine` with everything up to the next one, as offsets. */
type Machine = { host: string; start: number; end: number; login: Token | null; password: Token | null; name: Token }

/** Words of the file outside macros (`macdef NAME` runs to the next empty line). */
function tokensOf(text: string): { tokens: readonly Token[]; openMacro: number | null } {
  const tokens: Token[] = []
  let at = 0
  let macro = false
  for (const line of splitLines(text)) {
    if (macro) macro = line.trim() !== ''
    else
      for (const match of line.matchAll(/[^ \t\r\n]+/g)) {
        if (match[0].startsWith('#')) break
        tokens.push({ text: match[0], start: at + match.index, end: at + match.index + match[0].length })
        if (match[0] !== 'macdef') continue
        macro = true
        break
      }
    at += line.length
  }
  return { tokens, openMacro: macro ? (tokens.at(-1)?.start ?? null) : null }
}

/** `before`: where a new machine has to stand, because nothing behind is read; null: at the end. */
function machinesOf(text: string): { machines: readonly Machine[]; before: number | null } {
  const { tokens, openMacro } = tokensOf(text)
  const machines: Machine[] = []
  let fallback: number | null = null
  let current: Machine | null = null
  const close = (end: number): void => {
    if (current) current.end = end
    current = null
  }
  for (let index = 0; index < tokens.length; index++) {
    const word = tokens[index]
    const value = tokens[index + 1]
    if (!word) break
    if (word.text === 'macdef') close(word.start)
    else if (word.text === 'default') {
      close(word.start)
      fallback ??= word.start
    } else if (word.text === 'machine' && value) {
      close(word.start)
      current = {
        host: decode(value.text),
        start: word.start,
        end: text.length,
        login: null,
        password: null,
        name: value,
      }
      machines.push(current)
      index++
    } else if ((word.text === 'login' || word.text === 'password') && value) {
      if (current) current[word.text] ??= value
      index++
    } else if (word.text === 'account') index++
  }
  return { machines, before: fallback ?? openMacro }
}

const pairSchema = z.object({ login: z.string(), password: z.string() })
const pairOf = (value: Value): z.infer<typeof pairSchema> | null => pairSchema.safeParse(value).data ?? null

/**
 * Whether a word can stand in the file, the same for all that read it: no reader but curl knows quotes (golang/go
 * cmd/go/internal/auth/netrc.go), Python's takes a backslash away (Lib/netrc.py), `macdef` begins a macro.
 */
export const fitsNetrc = (word: string): boolean =>
  /^[^\s"'\\#\u0000-\u001f\u007f][^\s\\\u0000-\u001f\u007f]*$/.test(word) && word !== 'macdef'

function withMachine(text: string, host: string, login: string, password: string): string {
  if (![host, login, password].every(fitsNetrc)) throw new TypeError('not a word of a netrc file')
  const { machines, before } = machinesOf(text)
  const old = machines.find((machine) => machine.host === host)
  if (old) {
    const marks = [
      { token: old.login, word: 'login', value: encode(login) },
      { token: old.password, word: 'password', value: encode(password) },
    ].toSorted((a, b) => (b.token?.start ?? old.name.end) - (a.token?.start ?? old.name.end))
    let changed = text
    for (const { token, word, value } of marks) {
      changed = token
        ? changed.slice(0, token.start) + value + changed.slice(token.end)
        : `${changed.slice(0, old.name.end)} ${word} ${value}${changed.slice(old.name.end)}`
    }
    return changed
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const line = encode(`machine ${host} login ${login} password ${password}`)
  // Behind `default` nobody reads on, and a macro that no empty line ends goes to the end of the file.
  if (before !== null) return `${text.slice(0, before)}${line}${newline}${text.slice(before)}`
  return `${text}${text === '' || text.endsWith('\n') ? '' : newline}${line}${newline}`
}

function withoutMachine(text: string, host: string): string {
  const mine = machinesOf(text).machines.filter((one) => one.host === host)
  let [kept, from] = ['', 0]
  for (const { start, end } of mine) {
    kept += text.slice(from, start)
    from = end
  }
  return kept + text.slice(from)
}

/**
 * Reads an edit back: where the file ends in a word that waits for another (`machine`), ours would be taken for that,
 * and the password would go to somebody else's host. Throws `unparsable-file` {line}.
 */
function checked(before: string, text: string, host: string, pair: z.infer<typeof pairSchema> | null): string {
  const [was, now] = [hostsOf(before), hostsOf(text)]
  const found = now.get(host)
  const right = pair === null ? found === undefined : found === `${encode(pair.login)} ${encode(pair.password)}`
  for (const hosts of [was, now]) hosts.delete(host)
  if (right && JSON.stringify([...was]) === JSON.stringify([...now])) return text
  throw new CodedError('unparsable-file', { line: lineAt(before, before.length) })
}

/** Name and password by host, as they stand; the first entry of a host counts. */
function hostsOf(text: string): Map<string, string> {
  const hosts = new Map<string, string>()
  for (const { host, login, password } of machinesOf(text).machines)
    if (!hosts.has(host)) hosts.set(host, `${login?.text ?? ''} ${password?.text ?? ''}`)
  return hosts
}

/**
 * `.netrc` (`_netrc` on Windows): keys are hosts, values `{login, password}`; the first entry of a host counts, as for
 * go and curl. Comments, macros, `default` and other machines stay byte for byte.
 */
export const netrcFormat: Format = {
  id: 'netrc',
  read(bytes) {
    const keys = new Map<string, Value>()
    for (const { host, login, password } of bytes === null ? [] : machinesOf(toBinary(bytes)).machines)
      if (!keys.has(host)) keys.set(host, { login: decode(login?.text ?? ''), password: decode(password?.text ?? '') })
    return keys
  },
  edit(bytes, edits) {
    const before = bytes === null ? '' : toBinary(bytes)
    let text = before
    for (const { key, after } of edits) {
      const pair = pairOf(after)
      const changed = pair === null ? withoutMachine(text, key) : withMachine(text, key, pair.login, pair.password)
      text = checked(text, changed, key, pair)
    }
    if (text === before) return bytes
    return text === '' ? null : fromBinary(text)
  },
}
