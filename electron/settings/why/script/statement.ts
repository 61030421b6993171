/** What the text of a start-up file says, as far as it can be told without running it. */

/** A piece of a word. A variable's `rule` is the `-`, `:-`, `+` or `:+` of `${X:-…}`; `id`: the number of the user. */
export type Part = { quoted: boolean } & (
  | { kind: 'text'; text: string }
  | { kind: 'variable'; name: string; rule: Rule | null; other: string }
  | { kind: 'id' }
)
export type Rule = '-' | ':-' | '+' | ':+'

/** `parts` null: built at run time. `raw`: as it stands in the file. */
export type Word = { raw: string; parts: readonly Part[] | null }

export type FileTest = 'e' | 'f' | 'd' | 'r' | 's' | 'x'

/** A question that a script asks before it goes on. */
export type Test =
  | { kind: 'file'; of: FileTest; word: Word }
  | { kind: 'empty'; word: Word; not: boolean }
  | { kind: 'same'; a: Word; b: Word; not: boolean }
  | { kind: 'set'; name: string }
  | { kind: 'known'; is: boolean }
  | { kind: 'shell'; start: 'login' | 'interactive' }

export type Statement = { line: number } & (
  | {
      kind: 'set'
      name: string
      word: Word
      exported: boolean | 'keep'
      joiner?: string
      anyScope?: boolean
      more?: readonly Word[]
    }
  | { kind: 'export'; name: string }
  | { kind: 'unset'; name: string }
  | { kind: 'auto-export'; on: boolean }
  | { kind: 'source'; word: Word }
  | { kind: 'test'; test: Test }
  | { kind: 'not'; of: Statement }
  | { kind: 'chain'; first: Statement; rest: readonly { and: boolean; of: Statement }[] }
  | { kind: 'block'; body: readonly Statement[] }
  | {
      kind: 'branch'
      arms: readonly { when: readonly Statement[]; body: readonly Statement[] }[]
      otherwise: readonly Statement[]
    }
  | { kind: 'each'; name: string; words: readonly Word[]; body: readonly Statement[] }
  /** `file`: the rest of this file is not read; `shell`: nothing more is. */
  | { kind: 'stop'; of: 'file' | 'shell' }
  /** A function or an alias: what it does is done when its name is run. */
  | { kind: 'define'; name: string; text: string }
  | { kind: 'run'; name: string; text: string }
  /** May do anything that its text names; `all`: also to what it does not name. `forever`: nothing later is sure either. */
  | { kind: 'unsure'; text: string; all: boolean; forever?: boolean; other?: string }
  | { kind: 'nothing' }
)

/** A file that the reader below gave up on. */
export class Unreadable extends Error {
  readonly at: number
  constructor(at: number) {
    super(`unreadable at ${at}`)
    this.at = at
  }
}

/** Words in a text that runs or reads other text: whatever it sets cannot be told. */
const OTHER_TEXT =
  /(^|[\s;&|({`])(eval|source|\.|exec|exit|return|logout|read|trap|mapfile|readarray|getopts|overlay)(?=[\s;&|)}`]|$)/m

/** A statement about a text that is not followed in detail. */
export const unsure = (line: number, text: string): Statement => ({
  kind: 'unsure',
  line,
  text,
  all: OTHER_TEXT.test(text),
})

export const plainWord = (text: string): Word => ({ raw: text, parts: [{ kind: 'text', text, quoted: true }] })
