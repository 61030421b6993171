import { simpleCommand } from './sh-command.ts'
import { balanced, shTokens, type Token } from './sh-words.ts'
import { plainWord, type Statement, Unreadable, unsure, type Word } from './statement.ts'

export type ShDialect = 'bash' | 'zsh' | 'sh'

/**
 * The statements of a start-up file of bash, zsh or a POSIX shell. What is not followed becomes `unsure`; where the
 * text itself cannot be read, everything from there on is.
 */
export function readSh(text: string, dialect: ShDialect): readonly Statement[] {
  let tokens: readonly Token[]
  try {
    tokens = shTokens(text)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    const line = text.slice(0, error.at).split('\n').length
    // The lines before it may be fine, but a quote that is open reaches back: only whole lines that read alone count.
    return [{ kind: 'unsure', line, text, all: true, forever: true }]
  }
  const parser = new Parser(text, tokens, dialect)
  try {
    return parser.list([])
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return [{ kind: 'unsure', line: 1, text, all: true, forever: true }]
  }
}

class Parser {
  #at = 0
  readonly #text: string
  readonly #tokens: readonly Token[]
  readonly #dialect: ShDialect

  constructor(text: string, tokens: readonly Token[], dialect: ShDialect) {
    this.#text = text
    this.#tokens = tokens
    this.#dialect = dialect
  }

  /** Statements up to one of the words in `ends` (or a `)` that was opened outside), which is left standing. */
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
      if (token.kind === 'op' && ends.includes(token.text)) return found
      found.push(this.#andOr())
    }
  }

  #andOr(): Statement {
    const from = this.#at
    const line = this.#line()
    const first = this.#pipeline()
    const rest: { and: boolean; of: Statement }[] = []
    while (this.#op('&&') || this.#op('||')) {
      const and = this.#op('&&')
      this.#at++
      while (this.#op('\n')) this.#at++
      rest.push({ and, of: this.#pipeline() })
    }
    // In the background: what it sets stays there.
    if (this.#op('&')) {
      this.#at++
      return { kind: 'nothing', line }
    }
    const next = this.#tokens[this.#at]
    if (next?.kind === 'word' || next?.text === '(') throw new Unreadable(next.from)
    if (this.#at === from) throw new Unreadable(this.#tokens[from]?.from ?? 0)
    return rest.length === 0 ? first : { kind: 'chain', line, first, rest }
  }

  #pipeline(): Statement {
    const line = this.#line()
    const from = this.#tokens[this.#at]?.from ?? 0
    if (this.#word('!')) {
      this.#at++
      return { kind: 'not', line, of: this.#pipeline() }
    }
    const first = this.#command()
    if (!this.#op('|')) return first
    while (this.#op('|')) {
      this.#at++
      while (this.#op('\n')) this.#at++
      this.#command()
    }
    return unsure(line, this.#slice(from))
  }

  #command(): Statement {
    const token = this.#tokens[this.#at]
    if (token === undefined) throw new Unreadable(this.#text.length)
    const { line, from } = token
    if (token.kind === 'op') {
      if (token.text !== '(') throw new Unreadable(from)
      return this.#brackets(line, from)
    }
    switch (token.word.raw) {
      case '{': {
        this.#at++
        const body = this.list(['}'])
        this.#at++
        return this.#redirected({ kind: 'block', line, body }, line, from)
      }
      case 'if':
        return this.#redirected(this.#branch(line), line, from)
      case 'for':
        return this.#redirected(this.#each(line, from), line, from)
      case 'while':
      case 'until':
      case 'select':
        this.#loop()
        return unsure(line, this.#slice(from))
      case 'case':
        return this.#case(line, from)
      case 'function':
        return this.#function(line, from)
      case '[[':
        return this.#doubleTest(line)
      case 'time':
      case 'coproc':
      case 'repeat':
        throw new Unreadable(from)
      default:
        return this.#simple(line, from)
    }
  }

  /** `( … )`: a shell of its own, nothing stays. `(( … ))`: arithmetic. */
  #brackets(line: number, from: number): Statement {
    const end = balanced(this.#text, from, '(', ')')
    while ((this.#tokens[this.#at]?.from ?? end) < end) this.#at++
    const arithmetic = this.#text.startsWith('((', from)
    return arithmetic ? unsure(line, this.#text.slice(from, end)) : { kind: 'nothing', line }
  }

  #branch(line: number): Statement {
    const arms: { when: readonly Statement[]; body: readonly Statement[] }[] = []
    let otherwise: readonly Statement[] = []
    do {
      this.#at++
      const when = this.list(['then'])
      this.#at++
      arms.push({ when, body: this.list(['elif', 'else', 'fi']) })
    } while (this.#word('elif'))
    if (this.#word('else')) {
      this.#at++
      otherwise = this.list(['fi'])
    }
    this.#at++
    return { kind: 'branch', line, arms, otherwise }
  }

  #each(line: number, from: number): Statement {
    this.#at++
    const name = this.#tokens[this.#at++]
    const plain = name?.kind === 'word' && /^[A-Za-z_]\w*$/.test(name.word.raw)
    const words: Word[] = []
    if (plain && this.#word('in')) {
      this.#at++
      for (let token = this.#tokens[this.#at]; token?.kind === 'word'; token = this.#tokens[this.#at]) {
        words.push(token.word)
        this.#at++
      }
    } else {
      while (this.#at < this.#tokens.length && !this.#word('do')) this.#at++
    }
    while (this.#op('\n') || this.#op(';')) this.#at++
    if (!this.#word('do')) throw new Unreadable(from)
    this.#at++
    const body = this.list(['done'])
    this.#at++
    const text = this.#slice(from)
    if (!plain || /\b(break|continue)\b/.test(text)) return unsure(line, text)
    return { kind: 'each', line, name: name.word.raw, words, body }
  }

  #loop(): void {
    while (this.#at < this.#tokens.length && !this.#word('do')) this.#at++
    this.#at++
    this.list(['done'])
    this.#at++
    this.#skipRedirects()
  }

  #case(line: number, from: number): Statement {
    let depth = 0
    for (; this.#at < this.#tokens.length; this.#at++) {
      if (this.#word('case')) depth++
      if (this.#word('esac') && --depth === 0) break
    }
    if (this.#at >= this.#tokens.length) throw new Unreadable(from)
    this.#at++
    const text = this.#slice(from)
    // How Debian's .bashrc leaves a shell that is not interactive alone.
    if (/^case\s+\$-\s+in\s+\(?\*i\*\)\s*;;\s*\(?\*\)\s*return\s*;;\s*esac$/.test(text)) {
      const test: Statement = { kind: 'test', line, test: { kind: 'shell', start: 'interactive' } }
      return { kind: 'chain', line, first: test, rest: [{ and: false, of: { kind: 'stop', line, of: 'file' } }] }
    }
    return pathCase(text, line) ?? unsure(line, text)
  }

  #function(line: number, from: number): Statement {
    this.#at++
    const name = this.#tokens[this.#at++]
    if (name?.kind !== 'word') throw new Unreadable(from)
    if (this.#op('(')) {
      this.#at++
      if (!this.#op(')')) throw new Unreadable(from)
      this.#at++
    }
    return this.#body(name.word.raw, line, from)
  }

  #body(name: string, line: number, from: number): Statement {
    while (this.#op('\n')) this.#at++
    this.#command()
    return { kind: 'define', line, name, text: this.#slice(from) }
  }

  #doubleTest(line: number): Statement {
    const words: Word[] = []
    let plain = true
    this.#at++
    while (!this.#word(']]')) {
      const token = this.#tokens[this.#at++]
      if (token === undefined) throw new Unreadable(this.#text.length)
      if (token.kind === 'word') words.push(token.word)
      else plain = false
    }
    this.#at++
    if (!plain) return { kind: 'run', line, name: '[[', text: '' }
    return simpleCommand([plainWord('[['), ...words, plainWord(']]')], line, this.#dialect)
  }

  #simple(line: number, from: number): Statement {
    const words: Word[] = []
    for (let token = this.#tokens[this.#at]; token !== undefined; token = this.#tokens[this.#at]) {
      if (token.kind === 'word') {
        const next = this.#tokens[this.#at + 1]
        const redirects = next?.kind === 'op' && /[<>]/.test(next.text) && next.from === token.to
        if (!(redirects && /^\d$/.test(token.word.raw))) words.push(token.word)
        this.#at++
        continue
      }
      if (token.text === '(' && words.length === 1) {
        this.#at++
        if (!this.#op(')')) throw new Unreadable(from)
        this.#at++
        return this.#body(words[0]?.raw ?? '', line, from)
      }
      if (!this.#redirect()) break
    }
    if (words.length === 0 && this.#at === 0) throw new Unreadable(from)
    return simpleCommand(words, line, this.#dialect)
  }

  /** Steps over `> file`; false where none stands. */
  #redirect(): boolean {
    const token = this.#tokens[this.#at]
    if (token?.kind !== 'op' || !/[<>]/.test(token.text)) return false
    const target = this.#tokens[this.#at + 1]
    if (target?.kind !== 'word') throw new Unreadable(token.from)
    this.#at += 2
    return true
  }

  #skipRedirects(): void {
    for (;;) {
      const token = this.#tokens[this.#at]
      const next = this.#tokens[this.#at + 1]
      if (token?.kind === 'word' && /^\d$/.test(token.word.raw) && next?.kind === 'op' && /[<>]/.test(next.text))
        this.#at++
      else if (!this.#redirect()) return
    }
  }

  #redirected(statement: Statement, line: number, from: number): Statement {
    const before = this.#at
    this.#skipRedirects()
    return before === this.#at ? statement : unsure(line, this.#slice(from))
  }

  #op(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'op' && token.text === text
  }

  #word(text: string): boolean {
    const token = this.#tokens[this.#at]
    return token?.kind === 'word' && token.word.raw === text
  }

  #line(): number {
    return this.#tokens[this.#at]?.line ?? 1
  }

  /** The text from `from` up to the last token that was taken. */
  #slice(from: number): string {
    return this.#text.slice(from, this.#tokens[this.#at - 1]?.to ?? from)
  }
}

/** `case ":${PATH-}:" in *:DIR:*) ;; *) PATH=…; export PATH ;; esac`: touches PATH and nothing else, as ours does. */
function pathCase(text: string, line: number): Statement | null {
  const own = /^case ":\$\{?PATH-?\}?:" in \*:[^\n]*:\*\) ;; \*\) PATH=[^\n;]*; export PATH ;; esac$/.test(text)
  return own ? { kind: 'unsure', line, text: 'PATH', all: false } : null
}
