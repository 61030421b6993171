import { type Part, type Statement, type Test, Unreadable, unsure, type Word } from './statement.ts'

type Token = { line: number; from: number; to: number } & ({ kind: 'word'; word: Word } | { kind: 'op'; text: string })

/** The statements of a fish file. See `readSh`. */
export function readFish(text: string): readonly Statement[] {
  try {
    const reader = new FishReader(text, fishTokens(text))
    return reader.list([])
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return [{ kind: 'unsure', line: 1, text, all: true, forever: true }]
  }
}

function fishTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  let line = 1
  for (let at = 0; at < text.length; ) {
    const char = text.charAt(at)
    if (char === ' ' || char === '\t') at++
    else if (char === '\\' && text[at + 1] === '\n') {
      at += 2
      line++
    } else if (char === '#') {
      while (at < text.length && text[at] !== '\n') at++
    } else {
      const op = ['&&', '||', '\n', ';', '|', '&'].find((one) => text.startsWith(one, at))
      if (op !== undefined) {
        tokens.push({ kind: 'op', text: op, line, from: at, to: at + op.length })
        if (op === '\n') line++
        at += op.length
        continue
      }
      const { word, end } = fishWord(text, at)
      tokens.push({ kind: 'word', word, line, from: at, to: end })
      line += text.slice(at, end).split('\n').length - 1
      at = end
    }
  }
  return tokens
}

function fishWord(text: string, from: number): { word: Word; end: number } {
  let parts: Part[] | null = []
  let at = from
  const add = (part: Part | null): void => {
    if (part === null) parts = null
    else if (parts !== null) parts.push(part)
  }
  for (; at < text.length; ) {
    const char = text.charAt(at)
    if (/[\s;&|]/.test(char)) break
    if (char === '\r') throw new Unreadable(at)
    if (char === "'" || char === '"') {
      const stop = quoted(text, at, add)
      at = stop
    } else if (char === '$') {
      const { part, end } = variable(text, at, false)
      add(part)
      at = end
    } else if (char === '\\') {
      const next = text.charAt(at + 1)
      add(/[a-zA-Z0-9]/.test(next) ? null : { kind: 'text', text: next === '\n' ? '' : next, quoted: true })
      at += 2
    } else if (char === '(') {
      add(null)
      at = closing(text, at)
    } else if ('*?{}[]<>^'.includes(char)) {
      add(null)
      at++
    } else if (char === '~' && at === from) {
      const plain = /^~(?=[/\s;]|$)/.test(text.slice(at, at + 2))
      add(plain ? { kind: 'variable', name: 'HOME', rule: null, other: '', quoted: true } : null)
      at++
    } else {
      add({ kind: 'text', text: char, quoted: false })
      at++
    }
  }
  return { word: { raw: text.slice(from, at), parts }, end: at }
}

/** Behind the quote that closes the one at `from`. */
function quoted(text: string, from: number, add: (part: Part | null) => void): number {
  const mark = text.charAt(from)
  add({ kind: 'text', text: '', quoted: true })
  for (let at = from + 1; at < text.length; ) {
    const char = text.charAt(at)
    if (char === mark) return at + 1
    if (char === '\\') {
      const next = text.charAt(at + 1)
      const escapes = mark === '"' ? '\\"$\n' : "\\'"
      add({ kind: 'text', text: escapes.includes(next) ? (next === '\n' ? '' : next) : `\\${next}`, quoted: true })
      at += 2
    } else if (char === '$' && mark === '"') {
      // `"$(…)"` since fish 3.4.
      if (text[at + 1] === '(') {
        add(null)
        at = closing(text, at + 1)
        continue
      }
      const { part, end } = variable(text, at, true)
      add(part)
      at = end
    } else {
      add({ kind: 'text', text: char, quoted: true })
      at++
    }
  }
  throw new Unreadable(from)
}

function variable(text: string, at: number, inQuotes: boolean): { part: Part | null; end: number } {
  const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(at + 1, at + 300))?.[0]
  if (name === undefined) return { part: null, end: at + 1 }
  const end = at + 1 + name.length
  const odd = text[end] === '['
  return { part: odd ? null : { kind: 'variable', name, rule: null, other: '', quoted: inQuotes }, end }
}

function closing(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\') at++
    else if (char === "'" || char === '"') at = quoted(text, at, () => {}) - 1
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return at + 1
  }
  throw new Unreadable(from)
}

class FishReader {
  #at = 0
  readonly #text: string
  readonly #tokens: readonly Token[]

  constructor(text: string, tokens: readonly Token[]) {
    this.#text = text
    this.#tokens = tokens
  }

  list(ends: readonly string[]): readonly Statement[] {
    const found: Statement[] = []
    for (;;) {
      while (this.#op('\n') || this.#op(';')) this.#at++
      const token = this.#tokens[this.#at]
      if (token === undefined) {
        if (ends.length > 0) throw new Unreadable(this.#text.length)
        return found
      }
      if (token.kind === 'word' && ends.includes(token.word.raw)) return found
      if (token.kind === 'word' && token.word.raw === 'end') throw new Unreadable(token.from)
      this.#job(found)
    }
  }

  /** `a; and b; or c` and `a && b` are one chain, which `found` gets. */
  #job(found: Statement[]): void {
    const token = this.#tokens[this.#at]
    const line = token?.line ?? 1
    const joined = token?.kind === 'word' && (token.word.raw === 'and' || token.word.raw === 'or')
    if (joined) {
      const and = token.word.raw === 'and'
      this.#at++
      const of = this.#pipeline()
      const last = found.pop() ?? ({ kind: 'run', line, name: '', text: '' } satisfies Statement)
      found.push(
        last.kind === 'chain'
          ? { ...last, rest: [...last.rest, { and, of }] }
          : { kind: 'chain', line, first: last, rest: [{ and, of }] },
      )
      return
    }
    const first = this.#pipeline()
    const rest: { and: boolean; of: Statement }[] = []
    while (this.#op('&&') || this.#op('||')) {
      const and = this.#op('&&')
      this.#at++
      rest.push({ and, of: this.#pipeline() })
    }
    found.push(rest.length === 0 ? first : { kind: 'chain', line, first, rest })
  }

  #pipeline(): Statement {
    const start = this.#tokens[this.#at]
    const line = start?.line ?? 1
    if (this.#word('not') || this.#word('!')) {
      this.#at++
      return { kind: 'not', line, of: this.#pipeline() }
    }
    const first = this.#command()
    if (!this.#op('|') && !this.#op('&')) return first
    while (this.#op('|')) {
      this.#at++
      this.#command()
    }
    if (this.#op('&')) this.#at++
    return unsure(line, this.#slice(start?.from ?? 0))
  }

  #command(): Statement {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'word') throw new Unreadable(token?.from ?? this.#text.length)
    const { line, from } = token
    switch (token.word.raw) {
      case 'if':
        return this.#branch(line)
      case 'begin': {
        this.#at++
        const body = this.list(['end'])
        this.#at++
        // A local variable would end here; what has no scope at all is as it were outside, or is not followed.
        return { kind: 'block', line, body }
      }
      case 'function': {
        this.#at++
        const name = this.#tokens[this.#at]
        this.list(['end'])
        this.#at++
        return { kind: 'define', line, name: name?.kind === 'word' ? name.word.raw : '', text: this.#slice(from) }
      }
      case 'for':
      case 'while':
      case 'switch':
        this.#at++
        if (token.word.raw === 'switch') this.#switch(from)
        else this.list(['end'])
        this.#at++
        return unsure(line, this.#slice(from))
      default:
        return this.#simple(line)
    }
  }

  #switch(from: number): void {
    while (!this.#word('end')) {
      if (this.#tokens[this.#at] === undefined) throw new Unreadable(from)
      // Up to the end of the line: `case` and its words, or the first command.
      this.list(['case', 'end'])
      if (this.#word('case')) this.#at++
    }
  }

  #branch(line: number): Statement {
    const arms: { when: readonly Statement[]; body: readonly Statement[] }[] = []
    let otherwise: readonly Statement[] = []
    this.#at++
    for (;;) {
      const when: Statement[] = []
      this.#job(when)
      // `if a; and b` goes on with the condition.
      for (;;) {
        const at = this.#at
        while (this.#op('\n') || this.#op(';')) this.#at++
        if (!this.#word('and') && !this.#word('or')) {
          this.#at = at
          break
        }
        this.#job(when)
      }
      arms.push({ when, body: this.list(['else', 'end']) })
      if (!this.#word('else')) break
      this.#at++
      if (this.#word('if')) {
        this.#at++
        continue
      }
      otherwise = this.list(['end'])
      break
    }
    this.#at++
    return { kind: 'branch', line, arms, otherwise }
  }

  #simple(line: number): Statement {
    const words: Word[] = []
    for (let token = this.#tokens[this.#at]; token?.kind === 'word'; token = this.#tokens[this.#at]) {
      words.push(token.word)
      this.#at++
    }
    return fishCommand(words, line)
  }

  #op(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'op' && token.text === text
  }

  #word(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'word' && token.word.raw === text
  }

  #slice(from: number): string {
    return this.#text.slice(from, this.#tokens[this.#at - 1]?.to ?? from)
  }
}

function fishCommand(words: readonly Word[], line: number): Statement {
  const [command, ...rest] = words
  const text = words.map(({ raw }) => raw).join(' ')
  if (command === undefined) return { kind: 'nothing', line }
  if (/^[A-Za-z_]\w*=/.test(command.raw)) return { kind: 'run', line, name: rest[0]?.raw ?? '', text }
  switch (command.raw) {
    case 'set':
      return setCommand(rest, line, text)
    case 'export': {
      const [only, ...more] = rest
      const [, name] = /^([A-Za-z_]\w*)=/.exec(only?.raw ?? '') ?? []
      // A variable that is not set takes the whole word with it.
      const whole = only?.parts?.every((part) => part.kind === 'text' || part.quoted) === true
      if (only === undefined || more.length > 0 || name === undefined || !whole) return unsure(line, text)
      return {
        kind: 'set',
        line,
        name,
        word: { raw: only.raw.slice(name.length + 1), parts: behind(only, name) },
        exported: true,
      }
    }
    case 'source':
    case '.': {
      const [file, ...more] = rest
      return file === undefined || more.length > 0 ? unsure(line, `eval ${text}`) : { kind: 'source', line, word: file }
    }
    case 'test':
    case '[': {
      const test = fishTest(command.raw === '[' ? rest.slice(0, -1) : rest)
      return test === null ? { kind: 'run', line, name: 'test', text: '' } : { kind: 'test', line, test }
    }
    case 'status': {
      const start = rest[0]?.raw.replace(/^(--)?is-/, '')
      if (rest.length === 1 && (start === 'interactive' || start === 'login'))
        return { kind: 'test', line, test: { kind: 'shell', start } }
      return { kind: 'run', line, name: 'status', text: '' }
    }
    case 'true':
    case 'false':
      return { kind: 'test', line, test: { kind: 'known', is: command.raw === 'true' } }
    case 'return':
      return { kind: 'stop', line, of: 'file' }
    case 'exit':
    case 'exec':
      return { kind: 'stop', line, of: 'shell' }
    case 'alias':
    case 'abbr':
      return { kind: 'define', line, name: rest[0]?.raw.split('=')[0] ?? '', text }
    case 'fish_add_path':
      return { kind: 'unsure', line, text: 'PATH fish_user_paths', all: false }
    case 'eval':
    case 'read':
    case 'emit':
    case 'string':
      return unsure(line, text)
    default:
      return command.parts === null ? unsure(line, `eval ${text}`) : { kind: 'run', line, name: command.raw, text }
  }
}

function behind(word: Word, name: string): readonly Part[] | null {
  let left = name.length + 1
  return (
    word.parts?.map((part) => {
      if (left === 0 || part.kind !== 'text') return part
      const cut = Math.min(left, part.text.length)
      left -= cut
      return { ...part, text: part.text.slice(cut) }
    }) ?? null
  )
}

function fishTest(words: readonly Word[]): Test | null {
  const [a, b, c] = words
  if (words.length === 2 && a !== undefined && b !== undefined) {
    const of = (['e', 'f', 'd', 'r', 's', 'x'] as const).find((one) => a.raw === `-${one}`)
    if (of !== undefined) return { kind: 'file', of, word: b }
    const whole = b.parts?.every((part) => part.kind === 'text' || part.quoted) === true
    return whole && (a.raw === '-n' || a.raw === '-z') ? { kind: 'empty', word: b, not: a.raw === '-n' } : null
  }
  if (words.length !== 3 || a === undefined || c === undefined || (b?.raw !== '=' && b?.raw !== '!=')) return null
  const whole = [...(a.parts ?? []), ...(c.parts ?? [])].every((part) => part.kind === 'text' || part.quoted)
  return whole ? { kind: 'same', a, b: c, not: b.raw === '!=' } : null
}

const LONG: Readonly<Record<string, string>> = {
  '--global': 'g',
  '--universal': 'U',
  '--local': 'l',
  '--function': 'f',
  '--export': 'x',
  '--unexport': 'u',
  '--erase': 'e',
  '--query': 'q',
  '--append': 'a',
  '--prepend': 'p',
}

function setCommand(words: readonly Word[], line: number, text: string): Statement {
  const flagged = words.findIndex(({ raw }) => !raw.startsWith('-'))
  const flags = (flagged < 0 ? words : words.slice(0, flagged)).map(({ raw }) => LONG[raw] ?? raw.slice(1)).join('')
  const [target, ...values] = flagged < 0 ? [] : words.slice(flagged)
  const name = target?.raw ?? ''
  if (flags === 'q') {
    const one = values.length === 0 && /^[A-Za-z_]\w*$/.test(name)
    return one ? { kind: 'test', line, test: { kind: 'set', name } } : { kind: 'run', line, name: 'set', text: '' }
  }
  if (!/^[A-Za-z_]\w*$/.test(name)) return unsure(line, text)
  if (/^g?e$|^eg$/.test(flags) && values.length === 0) return { kind: 'unset', line, name }
  // One of its store, or of a smaller scope, may count instead where the session's is erased.
  if (!/^(x?g?x?)$/.test(flags)) return { kind: 'unsure', line, text: `${name} ${text}`, all: false, other: name }
  const exported = flags.includes('x') ? true : 'keep'
  const [first, ...more] = values
  const joiner = name.endsWith('PATH') ? ':' : ' '
  return {
    kind: 'set',
    line,
    name,
    word: first ?? { raw: '', parts: [] },
    exported,
    joiner,
    anyScope: !flags.includes('g'),
    more,
  }
}
