import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
  parseDocument,
  type Scalar,
} from 'yaml'
import type { Value } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Format } from '../../core/setting.ts'

const SERVER = 'npmRegistryServer'
const SCOPES = 'npmScopes'

/** The key of a scope's registry, e.g. `npmScopes.mycompany`. */
export const scopeKey = (scope: string): string => `${SCOPES}.${scope.replace(/^@/, '')}`

const refused = (line: number, cause: string): CodedError => new CodedError('unparsable-file', { line }, cause)

/** No file that a person writes comes near it, and a parser of YAML takes its time over a larger broken one. */
const MAX_BYTES = 128 * 1024

type Parsed = { text: string; document: Document.Parsed; lineOf(offset: number): number }

/** Parses with offsets into `text`. Throws `unparsable-file` {line} for what yarn would not read either, or we not edit. */
function parse(bytes: Uint8Array | null): Parsed {
  if (bytes !== null && bytes.length > MAX_BYTES) throw refused(1, `more than ${MAX_BYTES} bytes`)
  let text = ''
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array())
  } catch (error) {
    throw refused(1, String(error))
  }
  const counter = new LineCounter()
  const documents = parseAllDocuments(text, {
    lineCounter: counter,
    schema: 'failsafe',
    logLevel: 'silent',
    // A text for each of thousands of errors would take minutes.
    prettyErrors: false,
  })
  const lineOf = (offset: number): number => counter.linePos(offset).line
  if (!Array.isArray(documents) || documents.length > 1) throw refused(1, 'several documents')
  const document = documents[0] ?? parseDocument('')
  const [error] = document.errors
  if (error) throw refused(lineOf(error.pos[0]), error.message)
  const { contents } = document
  if (contents !== null && !isMap(contents) && !(isEmpty(contents) && !contents.anchor))
    throw refused(lineOf(contents.range[0]), 'no map')
  try {
    document.toJS()
  } catch (unresolved) {
    throw refused(1, String(unresolved))
  }
  return { text, document, lineOf }
}

const isEmpty = (node: unknown): boolean =>
  node === null || (isScalar(node) && (node.value === null || node.value === ''))

/** The pair of `key` in a map node, or undefined. */
function pairIn(node: unknown, key: string): Pair<Scalar, Node | null> | undefined {
  if (!isMap<Scalar, Node | null>(node)) return undefined
  return node.items.find((pair) => isScalar(pair.key) && pair.key.value === key)
}

const pathOf = (key: string): readonly string[] =>
  key.startsWith(`${SCOPES}.`) ? [SCOPES, key.slice(SCOPES.length + 1), SERVER] : [SERVER]

/** The value at a path, where it is plain text. */
function textAt(document: Document.Parsed, path: readonly string[]): string | undefined {
  let node: unknown = document.contents
  for (const key of path) node = pairIn(node, key)?.value
  return isScalar(node) && typeof node.value === 'string' ? node.value : undefined
}

function checked(key: string, value: Value): string {
  if (!/^(?:npmRegistryServer|npmScopes\.[\w~-][\w.~-]*)$/.test(key) || key.endsWith('.__proto__'))
    throw new TypeError(`not a key for .yarnrc.yml: ${key}`)
  // yarn expands ${NAME} in every text.
  if (
    typeof value !== 'string' ||
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffe\uffff\ud800-\udfff]|\$\{/u.test(value)
  )
    throw new TypeError(`not a value for ${key}`)
  return JSON.stringify(value)
}

const newlineOf = (text: string): string => (/\r?\n/.exec(text)?.[0] === '\r\n' ? '\r\n' : '\n')
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end + 1
}

/** Offset of a pair's key, for a block map whose pairs each begin their own line. Throws for any other layout. */
function keyOffset({ text, lineOf }: Parsed, pair: Pair<Scalar, Node | null>): number {
  const at = pair.key.range?.[0] ?? 0
  const lead = text.slice(lineStart(text, at), at).replace(/^\ufeff/, '')
  if (lead.trim() !== '') throw refused(lineOf(at), 'a layout that is not edited')
  return at
}

const indentOf = (text: string, at: number): string => text.slice(lineStart(text, at), at).replace(/^\ufeff/, '')

function replaceValue(parsed: Parsed, pair: Pair<Scalar, Node | null>, value: string): string {
  const { text, lineOf } = parsed
  const at = pair.key.range?.[0] ?? 0
  const node = pair.value
  if (isEmpty(node)) {
    const colon = text.indexOf(':', pair.key.range?.[1] ?? at)
    return `${text.slice(0, colon + 1)} ${value}${text.slice(colon + 1)}`
  }
  const simple = isScalar(node) && /^(?:PLAIN|QUOTE_DOUBLE|QUOTE_SINGLE)$/.test(node.type ?? '') && !node.anchor
  if (!simple || isAlias(node) || !node.range) throw refused(lineOf(at), 'a value that is not edited')
  return text.slice(0, node.range[0]) + value + text.slice(node.range[1])
}

/** Lines put in front of a map's first pair, with its indentation. */
function insertFirst(parsed: Parsed, map: unknown, lines: (indent: string) => readonly string[]): string {
  const { text } = parsed
  const first = isMap<Scalar, Node | null>(map) && map.flow !== true ? map.items[0] : undefined
  if (!first || !isScalar(first.key)) throw refused(1, 'a layout that is not edited')
  const at = keyOffset(parsed, first)
  const newline = newlineOf(text)
  const indent = indentOf(text, at)
  const start = at - indent.length
  return (
    text.slice(0, start) +
    lines(indent)
      .map((line) => line + newline)
      .join('') +
    text.slice(start)
  )
}

function insertTop(parsed: Parsed, lines: readonly string[]): string {
  const { text, document } = parsed
  const newline = newlineOf(text)
  const written = lines.map((line) => line + newline).join('')
  if (!isMap(document.contents)) {
    if (/^(?:---|\.\.\.)/m.test(text)) throw refused(1, 'a layout that is not edited')
    const gap = text === '' || text === '\ufeff' || text.endsWith('\n') ? '' : newline
    return text + gap + written
  }
  // In front, so that a last line without its end (or a text block) stays as it is.
  return insertFirst(parsed, document.contents, (indent) => lines.map((line) => indent + line))
}

function setKey(parsed: Parsed, key: string, value: string): string {
  const { document, text } = parsed
  const [top, scope] = pathOf(key)
  if (scope === undefined) {
    const pair = pairIn(document.contents, SERVER)
    return pair ? replaceValue(parsed, pair, value) : insertTop(parsed, [`${SERVER}: ${value}`])
  }
  const server = `${SERVER}: ${value}`
  const name = JSON.stringify(scope)
  const scopes = pairIn(document.contents, top ?? SCOPES)
  if (!scopes) return insertTop(parsed, [`${SCOPES}:`, `  ${name}:`, `    ${server}`])
  const below = (pair: Pair<Scalar, Node | null>, lines: (indent: string) => readonly string[]): string => {
    const at = keyOffset(parsed, pair)
    const end = lineEnd(text, at)
    const newline = newlineOf(text)
    const gap = text.slice(0, end).endsWith('\n') ? '' : newline
    const body = lines(`${indentOf(text, at)}  `).map((line) => line + newline)
    return text.slice(0, end) + gap + body.join('') + text.slice(end)
  }
  if (isEmpty(scopes.value)) return below(scopes, (indent) => [`${indent}${name}:`, `${indent}  ${server}`])
  const one = pairIn(scopes.value, scope)
  if (!one) return insertFirst(parsed, scopes.value, (indent) => [`${indent}${name}:`, `${indent}  ${server}`])
  const own = pairIn(one.value, SERVER)
  if (own) return replaceValue(parsed, own, value)
  if (isEmpty(one.value)) return below(one, (indent) => [indent + server])
  return insertFirst(parsed, one.value, (indent) => [indent + server])
}

/** Takes out whole lines of a pair. */
function cut(parsed: Parsed, pair: Pair<Scalar, Node | null>): string {
  const { text } = parsed
  const at = keyOffset(parsed, pair)
  const start = at - indentOf(text, at).length
  const last = pair.value?.range?.[1] ?? pair.key.range?.[1] ?? at
  return text.slice(0, start) + text.slice(lineEnd(text, Math.max(at, last - 1)))
}

function removeKey(parsed: Parsed, key: string): string {
  const path = pathOf(key)
  if (textAt(parsed.document, path) === undefined) return parsed.text
  let node: unknown = parsed.document.contents
  let outermost: Pair<Scalar, Node | null> | undefined
  for (const name of path) {
    const pair = pairIn(node, name)
    if (!pair) return parsed.text
    // A map that holds nothing but what goes away goes with it.
    const alone = isMap(pair.value) && pair.value.items.length === 1
    if (name === path.at(-1) || alone) outermost ??= pair
    else outermost = undefined
    node = pair.value
  }
  return outermost ? cut(parsed, outermost) : parsed.text
}

/** What a file says besides one key, in an order of its own; maps that are empty without it do not count. */
function besides({ document }: Parsed, key: string): string {
  const [top = '', scope, server = ''] = pathOf(key)
  const rest = asObject(document.toJS())
  if (scope === undefined) delete rest[top]
  else {
    const scopes = asObject(rest[top])
    const one = asObject(scopes[scope])
    delete one[server]
    scopes[scope] = one
    rest[top] = scopes
    if (Object.keys(one).length === 0) delete scopes[scope]
    if (Object.keys(scopes).length === 0) delete rest[top]
  }
  return JSON.stringify(rest, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}

const asObject = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

/** Reads an edit back: a layout that was misjudged is refused rather than written. */
function checkResult(before: Parsed, text: string, key: string, value: Value): Parsed {
  const now = parse(new TextEncoder().encode(text))
  const found = textAt(now.document, pathOf(key)) ?? null
  if (found !== value || besides(before, key) !== besides(now, key)) throw refused(1, 'a layout that is not edited')
  return now
}

/**
 * `.yarnrc.yml` of yarn 2 and later. Keys: `npmRegistryServer` and `npmScopes.NAME` (that scope's registry).
 * Comments, layout and everything else stay byte for byte. What is no YAML, or a layout in which a line cannot
 * be put safely (flow maps, aliases, text blocks), is refused: `unparsable-file` {line}.
 */
export const yarnrcFormat: Format = {
  id: 'yarnrc-yml',
  read(bytes) {
    const { document } = parse(bytes)
    const keys = new Map<string, Value>()
    const server = textAt(document, [SERVER])
    if (server !== undefined) keys.set(SERVER, server)
    const scopes: unknown = pairIn(document.contents, SCOPES)?.value
    for (const pair of isMap<Scalar, Node | null>(scopes) ? scopes.items : []) {
      const name = isScalar(pair.key) ? pair.key.value : null
      const value = typeof name === 'string' ? textAt(document, [SCOPES, name, SERVER]) : undefined
      if (typeof name === 'string' && value !== undefined) keys.set(scopeKey(name), value)
    }
    return keys
  },
  edit(bytes, edits) {
    let parsed = parse(bytes)
    const before = parsed.text
    for (const { key, after } of edits) {
      const value = checked(key, after ?? '')
      if ((textAt(parsed.document, pathOf(key)) ?? null) === after) continue
      const text = after === null ? removeKey(parsed, key) : setKey(parsed, key, value)
      if (text !== parsed.text) parsed = checkResult(parsed, text, key, after)
    }
    if (parsed.text === before) return bytes
    return parsed.text === '' ? null : new TextEncoder().encode(parsed.text)
  },
}
