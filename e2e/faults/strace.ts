/** A system call as strace printed it. */
export type Call = {
  name: string
  /** The first path that it names, by itself or by a descriptor. */
  path: string
  /** Behind `path`, where the call names two (`rename`). */
  second: string
  /** What stands between the parentheses. */
  rest: string
  /** null: it never returned. */
  result: number | null
  injected: boolean
  /** Which of the calls of this name it was, from 1: what `when=` counts. */
  ordinal: number
}

const CALL = /^(\w+)\((.*) += (-?\d+|\?)(.*)$/
const QUOTED = /"((?:[^"\\]|\\.)*)"(?:\.\.\.)?/g

/** The calls of one thread, in order, out of `strace -y -xx` or without `-xx`. */
export function readCalls(log: string): readonly Call[] {
  const counts = new Map<string, number>()
  return log.split('\n').flatMap((line) => {
    const match = CALL.exec(line)
    if (match === null) return []
    const [, name = '', rest = '', result = '?', tail = ''] = match
    const ordinal = (counts.get(name) ?? 0) + 1
    counts.set(name, ordinal)
    const byDescriptor = /^\d+<([^>]*)>/.exec(rest)
    const strings = [...rest.matchAll(QUOTED)].map(([, text = '']) => text)
    const [path = '', second = ''] = byDescriptor ? [byDescriptor[1]] : strings
    return [
      {
        name,
        path,
        second,
        rest,
        result: result === '?' ? null : Number(result),
        injected: tail.includes('(INJECTED)'),
        ordinal,
      },
    ]
  })
}

/** The bytes of a string that strace printed with C's escapes. */
export function unescape(text: string): Buffer {
  const parts: number[] = []
  const named: Record<string, number> = { n: 10, t: 9, r: 13, f: 12, v: 11, '"': 34, '\\': 92 }
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char !== '\\') {
      parts.push(char.charCodeAt(0))
      continue
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1))
    if (octal) {
      parts.push(Number.parseInt(octal[0], 8))
      at += octal[0].length
    } else parts.push(named[text.charAt(++at)] ?? 0)
  }
  return Buffer.from(parts)
}
