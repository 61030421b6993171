import { CodedError } from '../../../core/errors.ts'
import { decode, lineAt } from '../../../settings/binary.ts'
import { scanObject } from '../../../settings/docker/json-spans.ts'
import { type Token, tokensOf } from './json-tokens.ts'

/** What is wrong with the form of a JSON text, in the words of the repair's label. */
export type Slip = 'bom' | 'empty' | 'comment' | 'comma' | 'missing-comma' | 'quotes' | 'brace'
/** `line`: from 1. `mended`: the text as it was meant, where that is no guess. Both are binary strings. */
export type Mending = { line: number; slip: Slip | null; mended: string | null }
type Patch = { start: number; end: number; text: string; slip: Slip }

const BOM = '\u00ef\u00bb\u00bf'

/** What a reader of JSON lets pass: those of before engine 23 stop at a byte order mark, and none of them at what follows the object. */
export type Tolerance = { bom: boolean; empty: boolean; after: boolean }

/**
 * Finds what makes a text no JSON object, and mends what can only have been meant one way: a mark at the front,
 * comments, a comma too many or too few, quotes and commas of Chinese writing, braces missing or left over at the end.
 * null: the text is well. `text` is a binary string.
 */
export function mendJson(text: string, tolerance: Tolerance): Mending | null {
  const bom = text.startsWith(BOM)
  const body = bom ? text.slice(BOM.length) : text
  const front: Patch[] = bom && !tolerance.bom ? [{ start: 0, end: BOM.length, text: '', slip: 'bom' }] : []
  if (/^[ \t\r\n]*$/.test(body)) {
    if (tolerance.empty) return null
    return { line: 1, slip: 'empty', mended: `{}${body.includes('\r\n') ? '\r\n' : '\n'}` }
  }
  const shift = bom ? BOM.length : 0
  const tokens = tokensOf(text, shift)
  if (isObject(body) || (tolerance.after && isObject(firstObject(text, tokens) ?? ''))) {
    const [first] = front
    return first === undefined ? null : { line: 1, slip: first.slip, mended: patched(text, front) }
  }
  const patches = [...front, ...(patchesFor(text, tokens) ?? [])]
  const mended = patched(text, patches)
  const [first] = patches.toSorted((a, b) => a.start - b.start)
  if (first === undefined || !isObject(mended.startsWith(BOM) ? mended.slice(BOM.length) : mended))
    return { line: errorLine(text), slip: null, mended: null }
  return { line: lineAt(text, first.start), slip: first.slip, mended }
}

function patched(text: string, patches: readonly Patch[]): string {
  const parts: string[] = []
  let at = 0
  for (const { start, end, text: by } of patches.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    parts.push(text.slice(at, start), by)
    at = end
  }
  return [...parts, text.slice(at)].join('')
}

/** The patches that make JSON of it, were nothing else wrong; null: brackets that do not belong together. */
function patchesFor(text: string, tokens: readonly Token[]): Patch[] | null {
  const patches: Patch[] = []
  const open: string[] = []
  let last: Token | null = null
  let over = false
  for (const [index, token] of tokens.entries()) {
    const { kind, start } = token
    const patch = (slip: Slip, by: string, at = token): void => void patches.push({ ...at, text: by, slip })
    if (kind === 'comment') {
      patches.push(withoutLine(text, token))
      continue
    }
    if (over) {
      if (kind !== 'close') return null
      patch('brace', '')
      continue
    }
    const begins = kind === 'open' || kind === 'value'
    if (begins && (last?.kind === 'value' || last?.kind === 'close'))
      patches.push({ start: last.end, end: last.end, text: ',', slip: 'missing-comma' })
    if (kind === 'comma' && endsNothing(tokens, index)) patch('comma', '')
    else if (token.meant !== null) patch('quotes', token.meant)
    if (kind === 'open') open.push(text[start] === '{' ? '}' : ']')
    if (kind === 'close') {
      if (open.pop() !== text[start]) return null
      over = open.length === 0
    }
    if (kind === 'other') return null
    last = token
  }
  if (open.length > 0) {
    const at = tokens.findLast((one) => one.kind !== 'comment')?.end ?? text.length
    const newline = text.includes('\r\n') ? '\r\n' : '\n'
    const by = text.includes('\n') ? newline : ''
    patches.push({ start: at, end: at, text: by + open.toReversed().join(''), slip: 'brace' })
  }
  return patches
}

/** Whether no value comes behind a comma before the next one or a bracket. */
function endsNothing(tokens: readonly Token[], index: number): boolean {
  let at = index + 1
  while (tokens[at]?.kind === 'comment') at++
  const kind = tokens[at]?.kind
  return kind === undefined || kind === 'close' || kind === 'comma'
}

const REST = /[ \t]*\r?\n/y

/** A comment that has its line for itself leaves no blank one. */
function withoutLine(text: string, { start, end }: Token): Patch {
  let from = start
  while (text[from - 1] === ' ' || text[from - 1] === '\t') from--
  REST.lastIndex = end
  const rest = from === 0 || text[from - 1] === '\n' ? (REST.exec(text)?.[0].length ?? 0) : 0
  return { start: from, end: end + rest, text: '', slip: 'comment' }
}

/** What stands up to the bracket that closes the first one. */
function firstObject(text: string, tokens: readonly Token[]): string | null {
  let depth = 0
  for (const { kind, end } of tokens) {
    if (kind === 'open') depth++
    if (kind === 'close') depth--
    if (kind === 'close' && depth === 0) return text.slice(tokens[0]?.start ?? 0, end)
  }
  return null
}

function isObject(binary: string): boolean {
  try {
    const value: unknown = JSON.parse(decode(binary))
    return typeof value === 'object' && !Array.isArray(value)
  } catch {
    return false
  }
}

/** The line on which the text stops to be JSON. */
function errorLine(binary: string): number {
  try {
    scanObject(binary)
    return 1
  } catch (error) {
    const line = error instanceof CodedError ? error.values['line'] : undefined
    return typeof line === 'number' ? line : 1
  }
}
