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
  paint(style: Style, text: string): string
  /** The one JSON document of a short command; a person never sees it. */
  document(value: unknown): void
  /** An error as JSON or as sentences. */
  error(error: unknown): void
}

export function openOutput(io: Io, args: Pick<Args, 'json'>, text: Text): Output {
  const terminal = io.stdout.isTTY === true && !args.json
  const colour = terminal && !io.environment.NO_COLOR && io.environment.TERM !== 'dumb'
  const paint: Output['paint'] = (style, words) => (colour ? `\u001b[${CODES[style]}m${words}\u001b[0m` : words)
  return {
    json: args.json,
    terminal,
    text,
    paint,
    line: (words = '') => {
      if (!args.json) io.stdout.write(`${words}\n`)
    },
    document: (value) => {
      if (args.json) io.stdout.write(`${JSON.stringify(value)}\n`)
    },
    error(thrown) {
      const error = toAppError(thrown)
      const shown = { ...error, ...(error.cause === undefined ? {} : { cause: redact(error.cause) }) }
      const lines = text.error(shown)
      if (args.json) {
        io.stdout.write(
          `${JSON.stringify({ type: 'error', error: { ...shown, message: lines.slice(0, 2).join(' ') } })}\n`,
        )
        return
      }
      const [what = '', ...more] = lines
      io.stderr.write(`${paint('red', what)}\n${more.map((entry) => `${entry}\n`).join('')}`)
    },
  }
}
