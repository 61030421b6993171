import { randomUUID } from 'node:crypto'
import { plainJson, spellHidden } from '../contract/hidden.ts'
import { toAppError } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import type { Args } from './args.ts'
import type { Io } from './io.ts'
import type { Text } from './text.ts'

export type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan'
const CODES: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 }

/** What a command prints: JSON for programs, sentences for people, colour only on a terminal. */
export type Output = {
  json: boolean
  /** A terminal that can be redrawn and asked. */
  terminal: boolean
  text: Text
  line(text?: string): void
  /** Words that are to be coloured: for `line` and `shown` only. */
  paint(style: Style, text: string): string
  /** A text as a terminal may get it: what would steer it is spelled out, whoever wrote it. */
  shown(text: string): string
  /** The one JSON document of a short command; a person never sees it. */
  document(value: unknown): void
  /** An error as JSON or as sentences. */
  error(error: unknown): void
}

export function openOutput(io: Io, args: Pick<Args, 'json'>, text: Text): Output {
  const terminal = io.stdout.isTTY === true && !args.json
  const colour = terminal && !io.environment.NO_COLOR && io.environment.TERM !== 'dumb'
  // Nobody outside can write the mark, so every escape sequence that reaches the terminal is one of ours.
  const mark = `${randomUUID()} `
  const paint: Output['paint'] = (style, words) => (colour ? `${mark}${CODES[style]}m${words}${mark}0m` : words)
  const shown: Output['shown'] = (words) => spellHidden(words).replaceAll(mark, '\u001b[')
  return {
    json: args.json,
    terminal,
    text,
    paint,
    shown,
    line: (words = '') => {
      if (!args.json) io.stdout.write(`${shown(words)}\n`)
    },
    document: (value) => {
      if (args.json) io.stdout.write(`${plainJson(value)}\n`)
    },
    error(thrown) {
      const error = toAppError(thrown)
      const told = { ...error, ...(error.cause === undefined ? {} : { cause: redact(error.cause) }) }
      const lines = text.error(told)
      if (args.json) {
        io.stdout.write(`${plainJson({ type: 'error', error: { ...told, message: lines.slice(0, 2).join(' ') } })}\n`)
        return
      }
      const [what = '', ...more] = lines
      io.stderr.write(`${[paint('red', what), ...more].map(shown).join('\n')}\n`)
    },
  }
}
