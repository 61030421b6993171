import type { ShDialect } from './sh.ts'
import { testOf } from './sh-test.ts'
import { type Part, type Statement, unsure, type Word } from './statement.ts'

/** Commands of the shell that change variables, or how the rest is read, in ways that are not followed. */
const MEDDLES = new Set(
  (
    'read printf local let getopts mapfile readarray eval trap wait readonly enable emulate setopt unsetopt ' +
    'zmodload autoload add-zsh-hook vared integer float private zstyle hash disable unhash unalias builtin source .'
  ).split(' '),
)
/** Of these it is known that no variable comes of them. */
const HARMLESS = new Set(['setopt', 'unsetopt', 'autoload', 'zmodload', 'zstyle', 'hash', 'unalias', 'zle', 'compdef'])

/** A command with its words, without redirections. */
export function simpleCommand(words: readonly Word[], line: number, dialect: ShDialect): Statement {
  const text = words.map(({ raw }) => raw).join(' ')
  const first = words.findIndex(({ raw }) => !/^[A-Za-z_]\w*(\[[^\]]*\])?\+?=/.test(raw))
  if (words.length === 0) return { kind: 'nothing', line }
  if (first < 0)
    return block(
      words.map((word) => assignment(word, line, dialect, 'keep')),
      line,
    )
  const [command, ...rest] = words.slice(first)
  const name = command === undefined ? null : literal(command)
  if (name === null) return unsure(line, `eval ${text}`)
  if (first > 0) return special(name) ? unsure(line, text) : { kind: 'run', line, name, text }
  return known(name, rest, line, text, dialect)
}

/** Whether assignments in front of it stay (POSIX' special built-ins) or it reads them otherwise. */
const special = (name: string): boolean =>
  ['export', 'set', 'unset', '.', 'source', 'eval', ':', 'exec', 'readonly', 'typeset', 'declare'].includes(name)

function known(name: string, rest: readonly Word[], line: number, text: string, dialect: ShDialect): Statement {
  switch (name) {
    case ':':
    case 'true':
      return { kind: 'test', line, test: { kind: 'known', is: true } }
    case 'false':
      return { kind: 'test', line, test: { kind: 'known', is: false } }
    case '[':
    case 'test':
    case '[[':
      return testOf(name, rest.map(fromHome), line)
    case 'export':
      return exports(rest, line, text, dialect)
    case 'typeset':
    case 'declare':
      return declares(rest, line, text, dialect)
    case 'unset':
      return unsets(rest, line, text)
    case 'set':
      return options(rest, line, text)
    case '.':
    case 'source': {
      const [file, ...more] = rest
      if (file === undefined || more.length > 0) return unsure(line, `eval ${text}`)
      return { kind: 'source', line, word: fromHome(file) }
    }
    case 'return':
      return { kind: 'stop', line, of: 'file' }
    case 'exit':
    case 'logout':
      return { kind: 'stop', line, of: 'shell' }
    case 'exec':
      return rest.length === 0 ? { kind: 'nothing', line } : { kind: 'stop', line, of: 'shell' }
    case 'alias':
      return block(
        rest.map((word): Statement => alias(word, line)),
        line,
      )
    case 'shopt':
      return { kind: 'nothing', line }
    case 'command':
    case 'noglob':
    case 'nocorrect':
      return rest[0]?.raw.startsWith('-') === false
        ? simpleCommand(rest, line, dialect)
        : { kind: 'run', line, name, text: '' }
    case 'eval':
      // What a tool prints is taken for a text that a shell can read; another one may end the file by an error.
      return { kind: 'unsure', line, text, all: true, forever: !/^eval "?(\$\(|`)[^`]*(\)|`)"?$/.test(text) }
    default:
      if (HARMLESS.has(name)) return { kind: 'nothing', line }
      return MEDDLES.has(name) ? unsure(line, text) : { kind: 'run', line, name, text }
  }
}

function alias(word: Word, line: number): Statement {
  const at = word.raw.indexOf('=')
  return at < 1
    ? { kind: 'nothing', line }
    : { kind: 'define', line, name: word.raw.slice(0, at), text: word.raw.slice(at + 1) }
}

function exports(words: readonly Word[], line: number, text: string, dialect: ShDialect): Statement {
  if (words.some(({ raw }) => raw.startsWith('-') && raw !== '--')) return unsure(line, text)
  const body = words
    .filter(({ raw }) => raw !== '--')
    .map((word): Statement => {
      if (/^[A-Za-z_]\w*$/.test(word.raw)) return { kind: 'export', line, name: word.raw }
      if (/^[A-Za-z_]\w*\+?=/.test(word.raw)) return assignment(word, line, dialect, true)
      return unsure(line, text)
    })
  return block(body, line)
}

/** `declare -x` outside a function is an export; -g and -r aside, everything else changes the value itself. */
function declares(words: readonly Word[], line: number, text: string, dialect: ShDialect): Statement {
  const flags = words.filter(({ raw }) => raw.startsWith('-')).map(({ raw }) => raw.slice(1))
  // zsh: -U keeps a list free of twins, which a value of one entry does not notice; PATH would.
  if (flags.some((flag) => !/^g?x?g?$/.test(flag)) || words.some(({ raw }) => raw.startsWith('+')))
    return unsure(line, text)
  const rest = words.filter(({ raw }) => !raw.startsWith('-'))
  if (!flags.some((flag) => flag.includes('x'))) return unsure(line, text)
  return exports(rest, line, text, dialect)
}

function unsets(words: readonly Word[], line: number, text: string): Statement {
  const names = words.filter(({ raw }) => raw !== '-v')
  if (words[0]?.raw === '-f') return { kind: 'nothing', line }
  if (names.some(({ raw }) => !/^[A-Za-z_]\w*$/.test(raw))) return unsure(line, text)
  return block(
    names.map(({ raw }): Statement => ({ kind: 'unset', line, name: raw })),
    line,
  )
}

function options(words: readonly Word[], line: number, text: string): Statement {
  const all = words.map(({ raw }) => raw).join(' ')
  if (/^([-+])(a|o allexport)$/.test(all)) return { kind: 'auto-export', line, on: all.startsWith('-') }
  if (/^([-+][hmbCB]|[-+]o (vi|emacs|noclobber|notify|histexpand|monitor|ignoreeof))$/.test(all))
    return { kind: 'nothing', line }
  return { kind: 'unsure', line, text, all: true, forever: true }
}

const block = (body: readonly Statement[], line: number): Statement => {
  const [only, ...more] = body
  return only !== undefined && more.length === 0 ? only : { kind: 'block', line, body }
}

/** The text of a word without anything built; null: built, or with what a shell might expand. */
function literal(word: Word): string | null {
  let text = ''
  for (const part of word.parts ?? [null]) {
    if (part?.kind !== 'text') return null
    text += part.text
  }
  return text
}

function assignment(word: Word, line: number, dialect: ShDialect, exported: true | 'keep'): Statement {
  const [head = '', name = '', index, sign] = /^([A-Za-z_]\w*)(\[[^\]]*\])?(\+?=)/.exec(word.raw) ?? []
  const parts = withoutHead(word.parts, head)
  if (index !== undefined || parts === null)
    return { kind: 'set', line, name, word: { raw: word.raw, parts: null }, exported }
  const before: readonly Part[] = sign === '+=' ? [{ kind: 'variable', name, rule: null, other: '', quoted: true }] : []
  const value = withHome(parts, dialect, exported === true)
  const dash = dialect === 'sh' && sign === '+='
  const built = value === null || dash ? null : [...before, ...value]
  const splits = exported === true && dialect === 'sh'
  return {
    kind: 'set',
    line,
    name,
    word: { raw: word.raw.slice(head.length), parts: splits ? built : whole(built) },
    exported,
  }
}

function withoutHead(parts: readonly Part[] | null, head: string): readonly Part[] | null {
  const [first, ...rest] = parts ?? []
  if (first?.kind !== 'text' || first.quoted || !first.text.startsWith(head)) return null
  return [{ ...first, text: first.text.slice(head.length) }, ...rest]
}

/** Signs that a shell may take for something else where they are not quoted. */
const RISKY = /[*?[\]{}^#!]|^=|~/

/** A word with a `~/` in front as the path that it means. */
function fromHome(word: Word): Word {
  const [first, ...rest] = word.parts ?? []
  if (first?.kind !== 'text' || first.quoted || !/^~(\/|$)/.test(first.text)) return word
  const home: Part = { kind: 'variable', name: 'HOME', rule: null, other: '', quoted: true }
  return { raw: word.raw, parts: [home, { ...first, text: first.text.slice(1) }, ...rest] }
}

/** `~` at the start and behind a `:`; only a plain one is followed. null: another one, or a sign that is not sure. */
function withHome(parts: readonly Part[], dialect: ShDialect, argument: boolean): readonly Part[] | null {
  const found: Part[] = []
  for (const [index, part] of parts.entries()) {
    if (part.kind !== 'text' || part.quoted) {
      found.push(part)
      continue
    }
    let text = part.text
    const before = parts[index - 1]
    if (index === 0 && /^~(?=\/|$)/.test(text)) {
      const alone = text === '~' && parts.length > 1
      if (alone || (argument && dialect === 'sh')) return null
      found.push({ kind: 'variable', name: 'HOME', rule: null, other: '', quoted: true })
      text = text.slice(1)
    }
    if (RISKY.test(before === undefined ? text : text.replace(/^=/, ''))) return null
    found.push({ ...part, text })
  }
  return found
}

/** dash splits an argument at blanks; an assignment is never split. What is not quoted is watched when it is played. */
const whole = (parts: readonly Part[] | null): readonly Part[] | null =>
  parts?.map((part) => ({ ...part, quoted: true })) ?? null
