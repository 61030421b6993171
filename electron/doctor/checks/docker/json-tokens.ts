/**
 * A piece of what is to be JSON, as offsets. `meant`: what should stand there instead (Chinese punctuation, single
 * quotes); null: nothing else. A `value` is a string, a number or a word.
 */
export type Token = {
  kind: 'open' | 'close' | 'comma' | 'colon' | 'value' | 'comment' | 'other'
  start: number
  end: number
  meant: string | null
}

const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const [LEFT, RIGHT, COMMA, COLON] = ['“', '”', '，', '：'].map(utf8)

const SPACE = /[ \t\r\n]+/y
const ROWS: readonly (readonly [RegExp, Token['kind'], ((text: string) => string) | null])[] = [
  [/\/\/[^\n\r]*|\/\*[\s\S]*?\*\/|#[^\n\r]*/y, 'comment', null],
  [/[{[]/y, 'open', null],
  [/[}\]]/y, 'close', null],
  [/,/y, 'comma', null],
  [/:/y, 'colon', null],
  [new RegExp(COMMA ?? '', 'y'), 'comma', () => ','],
  [new RegExp(COLON ?? '', 'y'), 'colon', () => ':'],
  [/"(?:[^"\\\n\r]|\\.)*"/y, 'value', null],
  // What holds a quote or a backslash itself could mean several things.
  [new RegExp(`${LEFT}([^"\\\\\\n\\r]*?)${RIGHT}`, 'y'), 'value', (text) => `"${text.slice(3, -3)}"`],
  [/'[^'"\\\n\r]*'/y, 'value', (text) => `"${text.slice(1, -1)}"`],
  [/[A-Za-z0-9+.-]+/y, 'value', null],
]

/** Cuts a text into pieces without asking whether they fit. From the first that is nothing on, it is one of kind `other`. */
export function tokensOf(text: string, from = 0): readonly Token[] {
  const tokens: Token[] = []
  let at = from
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  for (;;) {
    at += match(SPACE)?.length ?? 0
    if (at >= text.length) return tokens
    const start = at
    for (const [pattern, kind, meaning] of ROWS) {
      const found = match(pattern)
      if (found === null) continue
      at += found.length
      tokens.push({ kind, start, end: at, meant: meaning?.(found) ?? null })
      break
    }
    if (at === start) return [...tokens, { kind: 'other', start, end: text.length, meant: null }]
  }
}
