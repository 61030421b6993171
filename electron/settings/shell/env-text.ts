import type { FormatId, Value } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, lineAt, toBinary } from '../binary.ts'
import { csh, type Dialect, environmentD, fish, NAME, powershell, sh } from './dialects.ts'

/**
 * Our own files that shells read: variables under `var:NAME` (a string), PATH entries under
 * `path:/dir` or `path:~/dir` (true). Each statement is exactly what we would write; anything else
 * but comments and blank lines is damage and refused with its line, never guessed at.
 */

/** A piece of the file; `key` null for comments and blank lines, which stay as they are. */
type Piece = { text: string; key: string | null; value: Value }

function pieceAt(text: string, at: number, dialect: Dialect): Piece | null {
  const comment = /(?:^\xef\xbb\xbf)?[ \t]*(?:#[^\n]*)?(?:\n|$)/y
  comment.lastIndex = at
  const blank = comment.exec(text)
  if (blank && blank[0] !== '') return { text: blank[0], key: null, value: null }
  const { variablePattern, pathPattern } = dialect
  variablePattern.lastIndex = at
  const variable = variablePattern.exec(text)
  if (variable) {
    const [text, name = '', word = ''] = variable
    const value = dialect.unquote(word)
    return text === dialect.variable(name, value) ? { text, key: `var:${name}`, value: decode(value) } : null
  }
  pathPattern.lastIndex = at
  const entry = pathPattern.exec(text)
  if (!entry) return null
  const path = (entry[1] === undefined ? '' : '~/') + dialect.unquote(entry[2] ?? '')
  const whole = dialect.path(path)
  return text.startsWith(whole, at) ? { text: whole, key: `path:${decode(path)}`, value: true } : null
}

function parse(bytes: Uint8Array | null, dialect: Dialect): Piece[] {
  const text = bytes === null ? '' : toBinary(bytes)
  const pieces: Piece[] = []
  const seen = new Set<string>()
  for (let at = 0; at < text.length; ) {
    const piece = pieceAt(text, at, dialect)
    if (piece === null || (piece.key !== null && seen.has(piece.key)))
      throw new CodedError('unparsable-file', { line: lineAt(text, at) })
    if (piece.key !== null) seen.add(piece.key)
    pieces.push(piece)
    at += piece.text.length
  }
  return pieces
}

// bsd-csh reads words of up to 8,187 bytes; a longer one ends the file, and with it the user's own (measured).
const CSH_LINE = 8000

/** A statement that its shell can read. Throws `bad-profile` {key, reason}. */
function bounded(statement: string, key: string, dialect: Dialect): string {
  if (dialect === csh && statement.split('\n').some((line) => line.length > CSH_LINE))
    throw new CodedError('bad-profile', { key, reason: 'too-long' })
  return statement
}

function render(key: string, value: Value, dialect: Dialect): string {
  if (key.startsWith('var:') && typeof value === 'string' && !value.includes('\0')) {
    const name = key.slice(4)
    // PATH is made of entries: a whole value would throw away what the system put there.
    if (name !== 'PATH' && new RegExp(`^${NAME}$`).test(name))
      return bounded(dialect.variable(name, encode(value)), `env.set.${name}`, dialect)
  }
  const path = key.slice(5)
  if (/^path:(\/|~\/)/.test(key) && value === true && !/[\0:]/.test(path))
    return bounded(dialect.path(encode(path)), 'env.path', dialect)
  throw new TypeError(`not a statement of ours: ${key}`)
}

function envFormat(id: FormatId, dialect: Dialect): Format {
  return {
    id,
    read(bytes) {
      const keys = new Map<string, Value>()
      for (const { key, value } of parse(bytes, dialect)) if (key !== null) keys.set(key, value)
      return keys
    },
    edit(bytes, edits) {
      let pieces = parse(bytes, dialect)
      for (const { key, after } of edits) {
        const at = pieces.findIndex((piece) => piece.key === key)
        if (after === null) {
          pieces = pieces.filter((piece) => piece.key !== key)
          continue
        }
        const piece = { text: render(key, after, dialect), key, value: after }
        if (at >= 0) pieces[at] = piece
        else {
          if (pieces.length === 0) pieces.push({ text: dialect.head, key: null, value: null })
          const last = pieces.at(-1)
          if (last && !last.text.endsWith('\n')) pieces[pieces.length - 1] = { ...last, text: `${last.text}\n` }
          pieces.push(piece)
        }
      }
      const result = pieces.map((piece) => piece.text).join('')
      if (bytes !== null && result === toBinary(bytes)) return bytes
      return result === '' || result === dialect.head ? null : fromBinary(result)
    },
  }
}

/** `env.sh`: POSIX sh, read by bash, zsh and dash. */
export const envShFormat: Format = envFormat('env-sh', sh)

/** `goready.fish`, in fish's own conf.d. */
export const envFishFormat: Format = envFormat('env-fish', fish)

/** `env.csh`: csh and tcsh. */
export const envCshFormat: Format = envFormat('env-csh', csh)

/** `env.ps1`: PowerShell. */
export const envPs1Format: Format = envFormat('env-ps1', powershell)

/** A file of environment.d. */
export const environmentDFormat: Format = envFormat('environment-d', environmentD)
