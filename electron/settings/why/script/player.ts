import { toBinary } from '../../binary.ts'
import type { World } from '../world.ts'
import { readCsh } from './csh.ts'
import { readFish } from './fish.ts'
import { readSh } from './sh.ts'
import type { Part, Rule, Statement, Test, Word } from './statement.ts'

export type Dialect = 'bash' | 'zsh' | 'sh' | 'fish' | 'csh'
export type Spot = { path: string; line: number }

/** What a variable holds. `text` null: not known without running it. `sure`: whether it must be so. */
export type Held = { text: string | null; there: boolean; exported: boolean | null; sure: boolean; by: Spot | null }

/** Something that happened to a variable, or may have. */
export type Deed = { name: string; kind: 'set' | 'unset' | 'unsure'; text: string | null; sure: boolean; spot: Spot }

type Stop = { of: 'file' | 'shell'; sure: boolean } | null
type Outcome = { status: boolean | null; stop: Stop }
const DONE: Outcome = { status: null, stop: null }
const OK: Outcome = { status: true, stop: null }

const DEPTH = 24
/** What a shell sets by itself: no file need say it. */
const OF_THE_SHELL =
  /^(BASH|ZSH|FISH|fish|HIST|PS[1-4]$|PROMPT|RP|E?UID$|E?GID$|GROUPS|HOST|OSTYPE|MACHTYPE|PWD|OLDPWD|SHLVL|SECONDS|RANDOM|LINENO|OPT|IFS|MAIL|COLUMNS|LINES|TERM|LOGNAME|USER|TTY|VENDOR|CPUTYPE|SHELL|LANG|LC_|_|path|cdpath|prompt|version|status|argv)/
/** Programs and built-ins of which it is known that they change no variable, whatever they are called with. */
const HARMLESS = new Set(
  (
    'echo cd umask stty mesg bind bindkey complete compinit ulimit tty alias mkdir ls cat rm cp mv touch ln test [ [[ ( chmod ' +
    'clear date fortune uname which type command builtin status abbr set_color fish_greeting tput ssh-add xset xmodmap true sleep'
  ).split(' '),
)

/** Plays start-up files by their text: what is set, by which line, and whether that is sure. Runs nothing. */
export class Player {
  readonly #world: World
  readonly #held = new Map<string, Held>()
  readonly #defined = new Map<string, string>()
  readonly deeds: Deed[] = []
  /** The files that were read, in order. */
  readonly files: string[] = []
  readonly #start: ReadonlySet<'login' | 'interactive'>
  #maybe = 0
  #shaken = false
  /** Something ran that may have set anything, or defined a function of any name. */
  #opaque: Spot | null = null
  #autoExport: boolean | null = false
  /** fish: names that also stand in another scope, which counts again where the session's own is erased. */
  readonly #universal = new Set<string>()
  #spot: Spot = { path: '', line: 0 }
  #dialect: Dialect = 'sh'
  #ended = false

  constructor(world: World, start: ReadonlySet<'login' | 'interactive'>) {
    this.#world = world
    this.#start = start
  }

  /** What the shell is started with. `by` null: whoever started it. */
  give(name: string, text: string | null, by: Spot | null, exported = true): void {
    if (by !== null) this.deeds.push({ name, kind: 'set', text, sure: text !== null, spot: by })
    this.#held.set(name, { text, there: true, exported, sure: text !== null, by })
  }

  /** A variable of fish's store: what a session has itself hides it. */
  giveUniversal(name: string, text: string | null, by: Spot): void {
    this.#universal.add(name)
    if (!this.#held.has(name)) this.give(name, text, by)
  }

  /** Something was read that nobody can name: it may have set anything. */
  lose(): void {
    this.#anything(false)
  }

  /** What a variable holds now. */
  get(name: string): Held {
    const held = this.#held.get(name)
    if (held !== undefined) return held
    const known = this.#opaque === null && !OF_THE_SHELL.test(name)
    return { text: null, there: false, exported: known ? false : null, sure: known, by: this.#opaque }
  }

  /** The line that may have set anything, if one ran. */
  get opaque(): Spot | null {
    return this.#opaque
  }

  /** Reads a file as the shell does by itself; false where there is none. */
  read(path: string, dialect: Dialect): boolean {
    if (this.#ended) return false
    this.#dialect = dialect
    const look = this.#world.at(path)
    if (look?.kind !== 'file' || look.bytes === null) return false
    this.#file(path, look.bytes)
    return true
  }

  #file(path: string, bytes: Uint8Array): Stop {
    const before = this.#spot
    const maybe = this.#maybe
    this.files.push(path)
    let stop: Stop = null
    if (this.files.length > 400) this.#anything(true)
    else stop = this.#list(statements(bytes, this.#dialect), path)
    this.#maybe = maybe
    this.#spot = before
    if (stop?.of !== 'shell') return null
    if (stop.sure) this.#ended = true
    else this.#shaken = true
    return stop
  }

  #list(list: readonly Statement[], path: string): Stop {
    let open: Stop = null
    for (const statement of list) {
      const { stop } = this.#play(statement, path)
      if (stop === null) continue
      if (stop.sure && this.#maybe === 0) return stop
      // From here on it is not sure that anything is reached.
      this.#maybe++
      open = { ...stop, sure: false }
    }
    return open
  }

  #play(statement: Statement, path: string): Outcome {
    this.#spot = { path, line: statement.line }
    switch (statement.kind) {
      case 'nothing':
        return DONE
      case 'set':
        return this.#set(statement)
      case 'export':
        this.#export(statement.name)
        return OK
      case 'unset':
        this.#unset(statement.name)
        return OK
      case 'auto-export':
        this.#autoExport = this.#maybe === 0 ? statement.on : null
        return OK
      case 'source':
        return this.#source(statement.word)
      case 'test':
        return { status: this.#test(statement.test), stop: null }
      case 'not': {
        const { status, stop } = this.#play(statement.of, path)
        return { status: status === null ? null : !status, stop }
      }
      case 'chain':
        return this.#chain(statement, path)
      case 'block': {
        const stop = this.#list(statement.body, path)
        return { status: null, stop }
      }
      case 'branch':
        return this.#branch(statement, path)
      case 'each':
        return this.#each(statement, path)
      case 'stop':
        return { status: null, stop: { of: statement.of, sure: this.#maybe === 0 } }
      case 'define':
        this.#defined.set(statement.name, statement.text)
        return OK
      case 'run':
        this.#run(statement.name)
        return DONE
      case 'unsure':
        this.#unsure(statement.text, statement.all)
        if (statement.forever === true) this.#shaken = true
        if (statement.other !== undefined) this.#universal.add(statement.other)
        return DONE
      default:
        return statement satisfies never
    }
  }

  #set({ name, word, exported, joiner, anyScope, more = [] }: Extract<Statement, { kind: 'set' }>): Outcome {
    const texts = [word, ...more].map((one) => this.expand(one))
    const known = texts.every((text) => text !== null)
    const text = known ? texts.join(joiner ?? ' ') : null
    const old = this.get(name)
    const sure = text !== null && this.#maybe === 0 && !this.#shaken
    const becomes = exported === 'keep' ? (this.#autoExport === true ? true : old.exported) : exported
    const out = exported === 'keep' && this.#autoExport === null ? null : becomes
    const haunted = this.#universal.has(name) && (exported === 'keep' || anyScope === true)
    // csh leaves the file at a variable that is not set, or at a pattern that nothing matches.
    if (text === null && this.#dialect === 'csh') this.#shaken = true
    const settled = (this.#maybe === 0 || old.exported === out) && !haunted
    this.#held.set(name, { text, there: true, exported: settled ? out : null, sure: sure && !haunted, by: this.#spot })
    this.deeds.push({ name, kind: 'set', text, sure, spot: this.#spot })
    return OK
  }

  #export(name: string): void {
    const old = this.get(name)
    // zsh makes an empty variable of a name that has none.
    const sure = old.sure && this.#maybe === 0 && (old.there || this.#dialect !== 'zsh')
    this.#held.set(name, { ...old, exported: sure || old.exported === true ? true : null, sure })
  }

  #unset(name: string): void {
    const old = this.get(name)
    const sure = this.#maybe === 0 && !this.#shaken && !this.#universal.has(name)
    const gone: Held = { text: null, there: false, exported: false, sure, by: this.#spot }
    this.#held.set(name, sure ? gone : { ...old, exported: null, sure: false })
    this.deeds.push({ name, kind: 'unset', text: null, sure, spot: this.#spot })
  }

  #source(word: Word): Outcome {
    const path = this.expand(word)
    if (path === null || !path.startsWith('/')) {
      this.#anything(false)
      return DONE
    }
    const look = this.#world.at(path)
    if (look === undefined || this.files.length > 400 || this.#depth(path) > DEPTH) {
      this.#anything(false)
      return DONE
    }
    if (look === null || look.kind !== 'file') {
      if (this.#dialect === 'csh') this.#shaken = true
      // dash leaves the whole shell where the file is not there.
      if (this.#dialect === 'sh' && !this.#start.has('interactive'))
        return { status: false, stop: { of: 'shell', sure: false } }
      return { status: false, stop: null }
    }
    if (look.bytes === null) {
      this.#anything(false)
      return DONE
    }
    return { status: null, stop: this.#file(path, look.bytes) }
  }

  #depth(path: string): number {
    return this.files.filter((one) => one === path).length
  }

  #test(test: Test): boolean | null {
    switch (test.kind) {
      case 'known':
        return test.is
      case 'shell':
        return this.#start.has(test.start)
      case 'set': {
        const { there, sure } = this.get(test.name)
        return sure ? there : null
      }
      case 'empty': {
        const text = this.expand(test.word)
        return text === null ? null : (text === '') !== test.not
      }
      case 'same': {
        const [a, b] = [this.expand(test.a), this.expand(test.b)]
        return a === null || b === null ? null : (a === b) !== test.not
      }
      case 'file': {
        const path = this.expand(test.word)
        if (path === null || !path.startsWith('/')) return null
        const look = this.#world.at(path.replace(/(.)\/+$/, '$1'))
        if (look === undefined) return null
        if (test.of === 'e') return look !== null
        if (test.of === 'd') return look?.kind === 'dir'
        if (test.of === 's') return look === null ? false : look.size > 0
        if (test.of === 'x') return look === null ? false : look.executable
        if (test.of === 'r') return look === null ? false : look.kind === 'file' ? look.bytes !== null : null
        return look?.kind === 'file'
      }
      default:
        return test satisfies never
    }
  }

  #chain({ first, rest }: Extract<Statement, { kind: 'chain' }>, path: string): Outcome {
    let { status, stop } = this.#play(first, path)
    let open: Stop = null
    const before = this.#maybe
    for (const { and, of } of rest) {
      if (stop !== null) {
        if (stop.sure && this.#maybe === 0) return { status, stop }
        open = { ...stop, sure: false }
        stop = null
      }
      if (status !== null && status !== and) continue
      if (status === null || open !== null) this.#maybe++
      const unknown = status === null
      const next = this.#play(of, path)
      this.#maybe = before
      status = unknown ? null : next.status
      stop = next.stop === null ? null : { ...next.stop, sure: next.stop.sure && !unknown }
    }
    return { status, stop: stop ?? open }
  }

  #branch({ arms, otherwise }: Extract<Statement, { kind: 'branch' }>, path: string): Outcome {
    const before = this.#maybe
    let open: Stop = null
    const keep = (stop: Stop): Stop => {
      if (stop !== null && !(stop.sure && this.#maybe === 0)) open = { ...stop, sure: false }
      return stop !== null && stop.sure && this.#maybe === 0 ? stop : null
    }
    for (const { when, body } of arms) {
      let status: boolean | null = null
      for (const one of when) {
        const outcome = this.#play(one, path)
        const stop = keep(outcome.stop)
        if (stop !== null) return { status: null, stop }
        status = outcome.status
      }
      if (status === false) continue
      if (status === null) this.#maybe++
      const stop = keep(this.#list(body, path))
      if (status === true) {
        this.#maybe = before
        return { status: null, stop: stop ?? open }
      }
    }
    const stop = keep(this.#list(otherwise, path))
    this.#maybe = before
    return { status: null, stop: stop ?? open }
  }

  #each({ name, words, body }: Extract<Statement, { kind: 'each' }>, path: string): Outcome {
    const found = words.map((word) => this.#files(word))
    if (found.includes(null)) {
      this.#maybe++
      this.#held.set(name, { ...this.get(name), text: null, there: true, exported: null, sure: false, by: this.#spot })
      const stops = [this.#list(body, path), this.#list(body, path)]
      this.#maybe--
      return { status: null, stop: stops.find((stop) => stop !== null) ?? null }
    }
    let open: Stop = null
    const texts = found.flatMap((one) => one ?? [])
    // A pattern that matches nothing stands for itself; what asks first whether that is a file does nothing with it.
    if (texts.every((text) => text.includes('*')) && asksForFile(body)) return DONE
    for (const text of texts) {
      this.#held.set(name, {
        text,
        there: true,
        exported: this.get(name).exported,
        sure: this.#maybe === 0,
        by: this.#spot,
      })
      const stop = this.#list(body, path)
      if (stop?.sure === true && this.#maybe === 0) return { status: null, stop }
      open = stop ?? open
    }
    return { status: null, stop: open }
  }

  /** A word of a loop: a text, or the files that `FOLDER/*.sh` matches. null: not known. */
  #files(word: Word): readonly string[] | null {
    const [, folder, suffix = ''] = /^(\/[\w./-]*)\/\*([\w.-]*)$/.exec(word.raw) ?? []
    if (folder === undefined) {
      const text = this.expand(word)
      return text === null || /[*?[\]{}~\s]/.test(word.raw) ? null : [text]
    }
    const look = this.#world.at(folder)
    if (look === undefined) return null
    const names = (look?.names ?? []).filter((one) => one.endsWith(suffix) && !one.startsWith('.'))
    const sorted = names.toSorted()
    // The order is that of the person's language; where it matters, it is not known.
    if (names.toSorted((a, b) => a.localeCompare(b)).join('/') !== sorted.join('/')) return null
    return sorted.length === 0 ? [word.raw] : sorted.map((one) => `${folder}/${one}`)
  }

  #run(name: string): void {
    const text = this.#defined.get(name)
    if (text !== undefined) this.#unsure(text.replace(/\breturn\b/g, ''), true)
    // fish looks for a function of that name in a file; a function may come from what was not followed.
    else if ((this.#opaque !== null || this.#dialect === 'fish') && !HARMLESS.has(name) && name !== '')
      this.#anything(false)
  }

  /** What a text names is no longer sure, nor what the functions name that it runs. */
  #unsure(text: string, all: boolean): void {
    const seen = new Set<string>()
    const queue = [text]
    let everything = false
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      if (/(^|[\s;&|({`'"])(eval|source|\.|read|trap)(?=[\s;&|)}`'"]|$)/m.test(next)) everything = true
      for (const [name] of next.matchAll(/[A-Za-z_][\w-]*/g)) {
        if (seen.has(name)) continue
        seen.add(name)
        const defined = this.#defined.get(name)
        if (defined !== undefined) queue.push(defined)
        if (/^[A-Za-z_]\w*$/.test(name)) this.#doubt(name)
      }
    }
    if (seen.has('path')) this.#doubt('PATH')
    if (all && everything) this.#anything(false)
    else if (all && /(^|[\s;&|({`])(exit|exec|return|logout)(?=[\s;&|)}`]|$)/m.test(text)) this.#shaken = true
  }

  #doubt(name: string): void {
    const old = this.get(name)
    this.#held.set(name, { ...old, exported: null, sure: false, by: old.by ?? this.#spot })
    this.deeds.push({ name, kind: 'unsure', text: null, sure: false, spot: this.#spot })
  }

  #anything(forever: boolean): void {
    this.#opaque ??= this.#spot
    if (forever) this.#shaken = true
    for (const [name, held] of this.#held) this.#held.set(name, { ...held, exported: null, sure: false })
  }

  /** The text of a word; null: not known without running it. */
  expand(word: Word): string | null {
    let text = ''
    for (const part of word.parts ?? [null]) {
      const piece = part === null ? null : this.#piece(part)
      if (piece === null) return null
      text += piece
    }
    return text
  }

  #piece(part: Part): string | null {
    if (part.kind === 'text') return part.text
    if (part.kind === 'id') return String(this.#world.uid)
    const { text, there, sure } = this.get(part.name)
    // csh leaves the file at a variable that is not set.
    if (!(sure && there) && this.#dialect === 'csh') this.#shaken = true
    if (!sure || (there && text === null)) return null
    const value = ruled(there ? text : null, part.rule, part.other)
    // Not in quotes a shell may split it, or drop the word.
    return part.quoted || (value !== '' && !/[\s*?[\]]/.test(value)) ? value : null
  }
}

function asksForFile(body: readonly Statement[]): boolean {
  const [only, ...more] = body
  const first =
    only?.kind === 'branch' && only.otherwise.length === 0 && only.arms.length === 1 ? only.arms[0]?.when : undefined
  const test = only?.kind === 'chain' ? only.first : first?.length === 1 ? first[0] : undefined
  return more.length === 0 && test?.kind === 'test' && test.test.kind === 'file'
}

function ruled(text: string | null, rule: Rule | null, other: string): string {
  switch (rule) {
    case null:
      return text ?? ''
    case '-':
      return text ?? other
    case ':-':
      return text === null || text === '' ? other : text
    case '+':
      return text === null ? '' : other
    case ':+':
      return text === null || text === '' ? '' : other
    default:
      return rule satisfies never
  }
}

/** A file's statements. A byte order mark makes the first line something that no shell knows. */
function statements(bytes: Uint8Array, dialect: Dialect): readonly Statement[] {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    text = '\0'
  }
  if (text.includes('\0')) {
    return [{ kind: 'unsure', line: 1, text: toBinary(bytes), all: true, forever: true }]
  }
  if (text.startsWith('\ufeff')) {
    const end = text.indexOf('\n')
    const first = end < 0 ? text : text.slice(0, end)
    return [
      { kind: 'unsure', line: 1, text: first, all: false },
      ...parse(end < 0 ? '' : `\n${text.slice(end + 1)}`, dialect),
    ]
  }
  return parse(text, dialect)
}

function parse(text: string, dialect: Dialect): readonly Statement[] {
  if (dialect === 'fish') return readFish(text)
  return dialect === 'csh' ? readCsh(text) : readSh(text, dialect)
}
