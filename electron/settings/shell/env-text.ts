import type { Value } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, lineAt, toBinary } from '../binary.ts'
import { pathWord, quoteFish, quoteSh, unquoteFish, unquoteSh } from './quote.ts'

/**
 * Our own files that shells read: variables under `var:NAME` (a string), PATH entries under
 * `path:/dir` or `path:~/dir` (true). Each statement is exactly what we would write; anything else
 * but comments and blank lines is damage and refused with its line, never guessed at.
 */

const HEADER = '# GoReady keeps this file: variables and PATH entries, nothing else.\n'
const NAME = '[A-Za-z_][A-Za-z0-9_]*'

/** How one shell language writes the two statements. All strings are binary strings. */
type Dialect = {
  variable(name: string, value: string): string
  path(path: string): string
  /** Sticky; group 1 the name, group 2 the quoted value. */
  variablePattern: RegExp
  /** Sticky; group 1 `"$HOME"/` or empty, group 2 the quoted rest. */
  pathPattern: RegExp
  unquote(word: string): string
}

const sh: Dialect = {
  variable: (name, value) => `export ${name}=${quoteSh(value)}\n`,
  path(path) {
    const word = pathWord(path, quoteSh)
    return `case ":\${PATH-}:" in *:${word}:*) ;; *) PATH="\${PATH:+\${PATH}:}"${word}; export PATH ;; esac\n`
  },
  variablePattern: new RegExp(`export (${NAME})=('[^']*'(?:\\\\''[^']*')*)\\n`, 'y'),
  pathPattern: /case ":\$\{PATH-\}:" in \*:("\$HOME"\/)?('[^']*'(?:\\''[^']*')*):\*\)/y,
  unquote: unquoteSh,
}

const fish: Dialect = {
  variable: (name, value) => `set -gx ${name} ${quoteFish(value)}\n`,
  path(path) {
    const word = pathWord(path, quoteFish)
    return `contains -- ${word} $PATH; or set -gx PATH $PATH ${word}\n`
  },
  variablePattern: new RegExp(`set -gx (${NAME}) ('(?:[^'\\\\]|\\\\[\\\\'])*')\\n`, 'y'),
  pathPattern: /contains -- ("\$HOME"\/)?('(?:[^'\\]|\\[\\'])*') \$PATH;/y,
  unquote: unquoteFish,
}

/** A piece of the file; `key` null for comments and blank lines, which stay as they are. */
type Piece = { text: string; key: string | null; value: Value }

function pieceAt(text: string, at: number, dialect: Dialect): Piece | null {
  const comment = /[ \t]*(?:#[^\n]*)?(?:\n|$)/y
  comment.lastIndex = at
  const blank = comment.exec(text)
  if (blank && blank[0] !== '') return { text: blank[0], key: null, value: null }
  const { variablePattern, pathPattern } = dialect
  variablePattern.lastIndex = at
  const variable = variablePattern.exec(text)
  if (variable) {
    const [whole, name = '', word = ''] = variable
    return { text: whole, key: `var:${name}`, value: decode(dialect.unquote(word)) }
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

function render(key: string, value: Value, dialect: Dialect): string {
  if (key.startsWith('var:') && typeof value === 'string' && !value.includes('\0')) {
    const name = key.slice(4)
    if (new RegExp(`^${NAME}$`).test(name)) return dialect.variable(name, encode(value))
  }
  const path = key.slice(5)
  if (/^path:(\/|~\/)/.test(key) && value === true && !/[\0:]/.test(path)) return dialect.path(encode(path))
  throw new TypeError(`not a statement of ours: ${key}`)
}

function envFormat(id: 'env-sh' | 'env-fish', dialect: Dialect): Format {
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
          if (pieces.length === 0) pieces.push({ text: HEADER, key: null, value: null })
          const last = pieces.at(-1)
          if (last && !last.text.endsWith('\n')) pieces[pieces.length - 1] = { ...last, text: `${last.text}\n` }
          pieces.push(piece)
        }
      }
      const result = pieces.map((piece) => piece.text).join('')
      if (bytes !== null && result === toBinary(bytes)) return bytes
      return result === '' || result === HEADER ? null : fromBinary(result)
    },
  }
}

/** `env.sh`: POSIX sh, read by bash, zsh and dash. */
export const envShFormat: Format = envFormat('env-sh', sh)

/** `goready.fish`, in fish's own conf.d. */
export const envFishFormat: Format = envFormat('env-fish', fish)
