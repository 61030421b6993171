import { CodedError } from '../../core/errors.ts'
import { decode, lineAt } from '../binary.ts'

/** One member of the top-level object, as offsets into the text. */
export type Member = { key: string; keyStart: number; valueStart: number; valueEnd: number }
export type ObjectSpans = { open: number; close: number; members: readonly Member[] }

/** Deeper nesting than any real file has; keeps hostile input off the stack. */
const MAX_DEPTH = 200
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const SCALAR = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const SPACE = /[ \t\r\n]*/y

/**
 * Finds the members of a JSON object without changing anything in it. Strict, as the Docker daemon
 * is (Go's encoding/json): comments, trailing commas, NaN and text behind the object are errors.
 * A key that stands twice is refused, too: which one counts would be a guess.
 * Throws CodedError `unparsable-file` {line}. `text` is a binary string.
 */
export function scanObject(text: string): ObjectSpans {
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0

  const fail = (): never => {
    throw new CodedError('unparsable-file', { line: lineAt(text, Math.min(at, text.length)) })
  }
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (!found) return null
    at = pattern.lastIndex
    return found[0]
  }
  const space = (): void => void match(SPACE)
  const take = (mark: string): boolean => {
    if (text[at] !== mark) return false
    at++
    return true
  }
  const string = (): string => match(STRING) ?? fail()

  function list(close: string, depth: number, item: () => void): void {
    if (depth > MAX_DEPTH) fail()
    space()
    if (take(close)) return
    for (;;) {
      item()
      space()
      if (take(close)) return
      if (!take(',')) fail()
      space()
    }
  }
  function value(depth: number): void {
    if (take('{')) list('}', depth + 1, () => void member(depth + 1))
    else if (take('[')) list(']', depth + 1, () => value(depth + 1))
    else if (text[at] === '"') string()
    else if (match(SCALAR) === null) fail()
  }
  function member(depth: number): Member {
    const keyStart = at
    const key: unknown = JSON.parse(decode(string()))
    space()
    if (!take(':')) fail()
    space()
    const valueStart = at
    value(depth)
    return { key: String(key), keyStart, valueStart, valueEnd: at }
  }

  space()
  const open = at
  if (!take('{')) fail()
  const members: Member[] = []
  const keys = new Set<string>()
  list('}', 1, () => {
    const start = at
    const found = member(1)
    if (keys.has(found.key)) {
      at = start
      fail()
    }
    keys.add(found.key)
    members.push(found)
  })
  const close = at - 1
  space()
  if (at < text.length) fail()
  return { open, close, members }
}
