import { Lexer } from 'yaml'

/** Levels of a text of ours, with much room: a profile has six. */
const MAX_DEPTH = 32
/** Each becomes a node that costs memory, and keys are compared with each other. The largest profile has half. */
const MAX_TOKENS = 16_000

/** Marks of the lexer's own, which stand nowhere in the text: a document begins, a flow ends early, a scalar follows. */
const [DOCUMENT, FLOW_END, SCALAR] = ['\u0002', '\u0018', '\u001f']

/**
 * Whether a text may be given to a YAML parser, which calls itself for every level: at some depth it ends the whole
 * process (V8 has no stack left to compile an expression), not with an error that could be caught. The lexer alone
 * is asked, which calls nothing. Answers the line of what is too deep or too much; null where all is well.
 */
export function tooMuchYaml(text: string): { line: number; reason: 'too-deep' | 'too-long' } | null {
  // Columns in which a level of the block style begins, and how many of the flow style are open.
  const levels: number[] = []
  let [line, column, flow, tokens] = [1, 0, 0, 0]
  let [fresh, scalar] = [true, false]
  for (const token of new Lexer().lex(text)) {
    // Behind the mark of a scalar stands its text, whatever it looks like.
    if (!scalar && (token === DOCUMENT || token === FLOW_END || token === SCALAR)) {
      scalar = token === SCALAR
      continue
    }
    if (++tokens > MAX_TOKENS) return { line, reason: 'too-long' }
    const blank = !scalar && /^[\s#]/.test(token)
    if (!scalar && /^[[{]$/.test(token)) flow++
    else if (!scalar && /^[\]}]$/.test(token)) flow = Math.max(0, flow - 1)
    else if (flow === 0 && !blank && (fresh || (!scalar && /^[-?:]$/.test(token)))) openAt(levels, column)
    if (flow + levels.length > MAX_DEPTH) return { line, reason: 'too-deep' }
    const ends = token.match(/\r\n?|\n/g)?.length ?? 0
    line += ends
    column = ends === 0 ? column + token.length : 0
    fresh = ends > 0 || (fresh && blank)
    scalar = false
  }
  return null
}

/** What stands in a column closes all that stood there or further to the right. */
function openAt(levels: number[], column: number): void {
  while ((levels.at(-1) ?? -1) >= column) levels.pop()
  levels.push(column)
}
