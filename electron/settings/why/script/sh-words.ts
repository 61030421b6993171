import { type Part, type Rule, Unreadable, type Word } from './statement.ts'

export type Token =
  | { kind: 'word'; word: Word; line: number; from: number; to: number }
  | { kind: 'op'; text: string; line: number; from: number; to: number }

const OPERATORS = [
  '&>>',
  '<<<',
  '<<-',
  '&>',
  '>>',
  '>&',
  '<&',
  '<>',
  '>|',
  '<<',
  ';;',
  '&&',
  '||',
  ';',
  '&',
  '|',
  '(',
  ')',
  '<',
  '>',
  '\n',
]
const META = /[\s;&|()<>]/

/** The words and operators of a POSIX shell's text (bash, zsh and dash alike). Throws `Unreadable`. */
export function shTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  let line = 1
  /** Here-documents whose text begins with the next line. */
  let waiting: { end: string; tabs: boolean }[] = []
  const passed = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (text[i] === '\n') line++
  }
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === ' ' || char === '\t' || char === '\r') {
      // A carriage return is part of a word for a shell; only in front of a line's end it is told by the caller.
      if (char === '\r') throw new Unreadable(at)
      at++
      continue
    }
    if (char === '\\' && text[at + 1] === '\n') {
      at += 2
      line++
      continue
    }
    if (char === '#') {
      while (at < text.length && text[at] !== '\n') at++
      continue
    }
    const op = OPERATORS.find((one) => text.startsWith(one, at))
    if (op !== undefined) {
      const before = line
      tokens.push({ kind: 'op', text: op, line: before, from: at, to: at + op.length })
      at += op.length
      if (op === '\n') {
        line++
        for (const { end, tabs } of waiting) {
          const body = afterHereDocument(text, at, end, tabs)
          passed(at, body)
          at = body
        }
        waiting = []
      }
      continue
    }
    const { word, end } = shWord(text, at)
    tokens.push({ kind: 'word', word, line, from: at, to: end })
    const last = tokens.at(-2)
    if (last?.kind === 'op' && (last.text === '<<' || last.text === '<<-'))
      waiting.push({ end: word.raw.replace(/['"\\]/g, ''), tabs: last.text === '<<-' })
    passed(at, end)
    at = end
  }
  return tokens
}

function afterHereDocument(text: string, from: number, end: string, tabs: boolean): number {
  for (let at = from; at < text.length; ) {
    const stop = text.indexOf('\n', at)
    const to = stop < 0 ? text.length : stop
    const line = text.slice(at, to)
    at = to + 1
    if ((tabs ? line.replace(/^\t+/, '') : line) === end) return Math.min(at, text.length)
  }
  throw new Unreadable(from)
}

/** One word from `from` on; `end` is behind it. */
export function shWord(text: string, from: number): { word: Word; end: number } {
  let at = from
  let parts: Part[] | null = []
  const add = (part: Part | null): void => {
    if (part === null) parts = null
    else if (parts !== null) parts.push(part)
  }
  const literal = (value: string, quoted: boolean): void => {
    const last = parts?.at(-1)
    if (last?.kind === 'text' && last.quoted === quoted) last.text += value
    else add({ kind: 'text', text: value, quoted })
  }
  while (at < text.length) {
    const char = text.charAt(at)
    if (char === '(' && text.slice(from, at).endsWith('=')) {
      // A list of bash or zsh.
      at = balanced(text, at, '(', ')')
      parts = null
      continue
    }
    if (META.test(char)) break
    if (char === '\\') {
      if (text[at + 1] !== '\n') literal(text.charAt(at + 1), true)
      at += 2
    } else if (char === "'") {
      const stop = text.indexOf("'", at + 1)
      if (stop < 0) throw new Unreadable(at)
      literal(text.slice(at + 1, stop), true)
      at = stop + 1
    } else if (char === '"') {
      at = doubleQuoted(text, at + 1, add, literal)
    } else if (char === '$') {
      const { part, end } = expansion(text, at, false)
      if (part?.kind === 'text') literal(part.text, false)
      else add(part)
      at = end
    } else if (char === '`') {
      add(null)
      at = behindBacktick(text, at)
    } else {
      literal(char, false)
      at++
    }
  }
  if (at > text.length) throw new Unreadable(from)
  return { word: { raw: text.slice(from, at), parts }, end: at }
}

function doubleQuoted(
  text: string,
  from: number,
  add: (part: Part | null) => void,
  literal: (value: string, quoted: boolean) => void,
): number {
  literal('', true)
  for (let at = from; at < text.length; ) {
    const char = text.charAt(at)
    if (char === '"') return at + 1
    if (char === '\\') {
      const next = text.charAt(at + 1)
      if (next !== '\n') literal('$`"\\'.includes(next) ? next : `\\${next}`, true)
      at += 2
    } else if (char === '$') {
      const { part, end } = expansion(text, at, true)
      if (part?.kind === 'text') literal(part.text, true)
      else add(part)
      at = end
    } else if (char === '`') {
      add(null)
      at = behindBacktick(text, at)
    } else {
      literal(char, true)
      at++
    }
  }
  throw new Unreadable(from)
}

function behindBacktick(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === '`') return at + 1
  }
  throw new Unreadable(from)
}

/** Behind the bracket that closes the one at `from`; quotes inside are stepped over. */
export function balanced(text: string, from: number, open: string, close: string): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\') at++
    else if (char === "'") {
      at = text.indexOf("'", at + 1)
      if (at < 0) break
    } else if (char === '"') {
      at =
        doubleQuoted(
          text,
          at + 1,
          () => {},
          () => {},
        ) - 1
    } else if (char === open) depth++
    else if (char === close && --depth === 0) return at + 1
  }
  throw new Unreadable(from)
}

const SIMPLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+])([^${}`"'\\~*?[\]]*))?\}$/

/** What stands at a `$`; a part of null: not known without running it. */
function expansion(text: string, at: number, quoted: boolean): { part: Part | null; end: number } {
  const next = text.charAt(at + 1)
  if (next === '(') {
    const end = balanced(text, at + 1, '(', ')')
    return { part: /^\$\(\s*id\s+-u\s*\)$/.test(text.slice(at, end)) ? { kind: 'id', quoted } : null, end }
  }
  if (next === '{') {
    const end = balanced(text, at + 1, '{', '}')
    const [, name, rule, other = ''] = SIMPLE.exec(text.slice(at, end)) ?? []
    if (name === undefined) return { part: null, end }
    return { part: { kind: 'variable', name, rule: ruleOf(rule), other, quoted }, end }
  }
  if (next === "'" && !quoted) {
    for (let i = at + 2; i < text.length; i++) {
      if (text[i] === '\\') i++
      else if (text[i] === "'") return { part: null, end: i + 1 }
    }
    throw new Unreadable(at)
  }
  if (next === '"' && !quoted) return { part: null, end: at + 1 }
  const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(at + 1, at + 300))?.[0]
  // zsh reads `$x[1]` and `$x:h` otherwise.
  if (name !== undefined) {
    const end = at + 1 + name.length
    const odd = text[end] === '[' || /^:[a-zA-Z]/.test(text.slice(end, end + 2))
    return { part: odd ? null : { kind: 'variable', name, rule: null, other: '', quoted }, end }
  }
  if (/[0-9#?$!@*+-]/.test(next)) return { part: null, end: at + 2 }
  if (/[A-Za-z_=~^]/.test(next) || next === '[') return { part: null, end: at + 2 }
  return { part: { kind: 'text', text: '$', quoted }, end: at + 1 }
}

function ruleOf(text: string | undefined): Rule | null {
  return text === '-' || text === ':-' || text === '+' || text === ':+' ? text : null
}
