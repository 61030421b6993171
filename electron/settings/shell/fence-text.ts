import type { Value } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, splitLines, toBinary, withoutEnd } from '../binary.ts'

const OPEN = '# >>> goready >>>'
/** Says that the file had no final newline, so that removing the block can take ours away again. */
const OPEN_JOINED = `${OPEN} (the line before had no line end)`
const CLOSE = '# <<< goready <<<'

type Block = { from: number; to: number; joined: boolean }

const bare = (line: string): string => withoutEnd(line)

/** Where our block stands, as line indices (both fences included). Throws `fence-damaged` {line}. */
function findBlock(lines: readonly string[]): Block | null {
  let open: number | null = null
  let joined = false
  let block: Block | null = null
  for (const [index, line] of lines.entries()) {
    const text = bare(line)
    if (text === OPEN || text === OPEN_JOINED) {
      if (open !== null || block !== null) throw new CodedError('fence-damaged', { line: index + 1 })
      open = index
      joined = text === OPEN_JOINED
    } else if (text === CLOSE) {
      if (open === null) throw new CodedError('fence-damaged', { line: index + 1 })
      block = { from: open, to: index, joined }
      open = null
    }
  }
  if (open !== null) throw new CodedError('fence-damaged', { line: open + 1 })
  return block
}

function checkedBody(value: Value): string {
  if (typeof value !== 'string' || value === '' || value.includes('\0') || value.includes('\r'))
    throw new TypeError('not the body of a block')
  const lines = value.split('\n').map(bare)
  if (lines.some((line) => line === OPEN || line === OPEN_JOINED || line === CLOSE))
    throw new TypeError('a fence inside the block')
  return encode(value)
}

/** Takes the block out, and the newline that came with it where the block is still the last thing. */
function without(lines: readonly string[], block: Block): string[] {
  const rest = [...lines.slice(0, block.from), ...lines.slice(block.to + 1)]
  const last = rest.at(-1)
  if (block.joined && block.to === lines.length - 1 && last?.endsWith('\n') === true)
    rest[rest.length - 1] = last.slice(0, -1)
  return rest
}

function appended(lines: readonly string[], body: string): string[] {
  const last = lines.at(-1)
  const joined = last !== undefined && !last.endsWith('\n')
  const head = joined ? [...lines.slice(0, -1), `${last}\n`] : lines
  return [...head, `${joined ? OPEN_JOINED : OPEN}\n`, `${body}\n`, `${CLOSE}\n`]
}

/** The line (1-based) on which our block ends, or null without one. Throws `fence-damaged` {line}. */
export function fenceEnd(bytes: Uint8Array): number | null {
  const block = findBlock(splitLines(toBinary(bytes)))
  return block === null ? null : block.to + 1
}

/**
 * One fenced block at the end of a file that belongs to the user; the key is `source`, its value the
 * lines inside. Our lines end in a plain `\n` also in a CRLF file: a shell would take the `\r` as text.
 * An edit puts the block at the end, because a later line may set the same variable again.
 * One fence missing, doubled or nested: `fence-damaged` {line}, and nothing is touched.
 */
export const fenceFormat: Format = {
  id: 'fence',
  read(bytes) {
    const lines = bytes === null ? [] : splitLines(toBinary(bytes))
    const block = findBlock(lines)
    if (block === null) return new Map()
    const body = lines.slice(block.from + 1, block.to).join('')
    return new Map([['source', decode(body.replace(/\n$/, ''))]])
  },
  edit(bytes, edits) {
    const before = bytes === null ? '' : toBinary(bytes)
    let lines = splitLines(before)
    for (const { key, after } of edits) {
      if (key !== 'source') throw new TypeError(`not a key of a block: ${key}`)
      const block = findBlock(lines)
      if (block !== null) lines = without(lines, block)
      if (after !== null) lines = appended(lines, checkedBody(after))
    }
    const result = lines.join('')
    if (result === before) return bytes
    return result === '' ? null : fromBinary(result)
  },
}
