import { decode, splitLines } from './binary.ts'

/** A line that gives a variable a value. `value` null: not a plain text, so not known without running it. */
export type Assignment = { name: string; value: string | null; line: number }

const VALUE = `"(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^\\s;&|)#]*`
// A name that starts a word: not `alias x='GOPROXY=…'`, but also behind `;`, `&&` or `then`.
const SH = new RegExp(`(?:^|[\\s;&|({])([A-Za-z_][A-Za-z0-9_]*)\\+?=(${VALUE})`, 'g')
const FISH = new RegExp(`(?:^|[\\s;])set\\s+((?:-[A-Za-z-]+\\s+)*)([A-Za-z_][A-Za-z0-9_]*)(?:\\s+(${VALUE}))?`, 'g')
const CSH = new RegExp(`(?:^|[\\s;])setenv\\s+([A-Za-z_][A-Za-z0-9_]*)\\s+(${VALUE})`, 'g')
/** fish's own store of universal variables; a `:` in a value is written `\x3a`. */
const UNIVERSAL = /^SETUVAR (?:--export )?([A-Za-z_][A-Za-z0-9_]*):(.*)$/g

function literal(word: string | undefined): string | null {
  if (word === undefined) return ''
  const quote = word.charAt(0)
  if (quote === "'") return word.slice(1, -1)
  const inner = quote === '"' ? word.slice(1, -1) : word
  return /[$`\\]/.test(inner) ? null : inner
}

/**
 * Finds what a shell file sets, by its text: nothing is run. A line may be found that is never
 * reached (in a function, behind a condition); a value that is built (`$X`, `$(…)`) is null.
 * `binary` is a binary string.
 */
export function findAssignments(binary: string, names: ReadonlySet<string>): readonly Assignment[] {
  const found: Assignment[] = []
  for (const [index, raw] of splitLines(binary).entries()) {
    // Most lines of a long file set nothing, and each pattern takes its time.
    if (!/=|set|SETUVAR/.test(raw)) continue
    const line = decode(raw).replace(/\r?\n$/, '')
    if (/^\s*#/.test(line)) continue
    const comment = /(?:^|\s)#/.exec(line)
    const end = comment === null ? line.length : comment.index + comment[0].length - 1
    const add = (name: string | undefined, value: string | null, at: number): void => {
      if (name !== undefined && names.has(name) && at <= end) found.push({ name, value, line: index + 1 })
    }
    for (const match of line.matchAll(SH)) add(match[1], literal(match[2]), match.index)
    for (const match of line.matchAll(CSH)) add(match[1], literal(match[2]), match.index)
    for (const match of line.matchAll(FISH)) {
      const flags = match[1] ?? ''
      const erases = /--(erase|query|local|show|function)|(^|\s)-[a-zA-Z]*[eqlSf]/.test(flags)
      if (!erases) add(match[2], literal(match[3]), match.index)
    }
    for (const match of line.matchAll(UNIVERSAL))
      add(
        match[1],
        (match[2] ?? '').replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => decode(byte(hex))),
        match.index,
      )
  }
  return found
}

const byte = (hex: string): string => String.fromCharCode(Number.parseInt(hex, 16))
