import { isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { CodedError } from './errors.ts'

/** The line (from 1) that a `JSON.parse` error points to; the last line where it names no position. */
export function jsonErrorLine(text: string, error: unknown): number {
  const message = error instanceof Error ? error.message : ''
  const at = /at position (\d+)/.exec(message)?.[1]
  const before = at === undefined ? text.trimEnd() : text.slice(0, Number(at))
  return before.split('\n').length
}

/** Parses JSON text. Throws `unparsable-file` {path, line}. */
export function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new CodedError('unparsable-file', { path, line: jsonErrorLine(text, error) }, error)
  }
}

/** What a schema found first, as `unparsable-file` {path, line}: the cause names the key. `text` is where it stood. */
export function schemaError(error: z.ZodError, text: string, path: string): CodedError {
  const [issue] = error.issues
  const extra = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  const keys = [...(issue?.path ?? []).map(String), ...extra]
  return new CodedError(
    'unparsable-file',
    { path, line: lineOfKey(text, keys) },
    `${keys.join('.')}: ${issue?.message ?? ''}`,
  )
}

/** The line (from 1) on which a key of a JSON text stands, or the nearest that there is around it. */
export function lineOfKey(text: string, keys: readonly string[]): number {
  const lines = new LineCounter()
  // JSON is YAML, and this parser keeps where everything stood.
  const document = parseDocument(text, { lineCounter: lines })
  let node: unknown = document.contents
  let line = 1
  for (const key of keys) {
    const next = isMap(node)
      ? node.items.find((item) => String(item.key) === key)
      : isSeq(node)
        ? { key: node.items[Number(key)], value: node.items[Number(key)] }
        : undefined
    if (next === undefined || !isNode(next.key)) break
    line = lines.linePos(next.key.range?.[0] ?? 0).line
    node = next.value
  }
  return line
}
