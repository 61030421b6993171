import { encode, splitLines, withoutEnd } from '../../../settings/binary.ts'

const OPEN = '# >>> goready >>>'
const CLOSE = '# <<< goready <<<'

type Kind = 'open' | 'close' | 'body' | 'other'

/**
 * A file whose block of ours has lost a fence or stands there twice, with one whole block; null where what stands in
 * it would have to be guessed. `line`: what our blocks hold in this file. Binary strings.
 */
export function mendedFence(text: string, line: string): string | null {
  const body = encode(line)
  const lines = splitLines(text)
  const kinds = lines.map((raw): Kind => {
    const bare = withoutEnd(raw)
    if (bare === CLOSE) return 'close'
    if (bare.startsWith(OPEN)) return 'open'
    return bare === body ? 'body' : 'other'
  })
  const drop = new Set<number>()
  const blocks: number[][] = []
  for (const [index, kind] of kinds.entries()) {
    if (kind === 'open') {
      // Nothing but our own line is known to be ours.
      if (kinds[index + 1] !== 'body') return null
      blocks.push(kinds[index + 2] === 'close' ? [index, index + 1, index + 2] : [index, index + 1])
    } else if (kind === 'close' && kinds[index - 2] !== 'open') {
      if (kinds[index - 1] !== 'body') return null
      blocks.push([index - 1, index])
    }
  }
  const last = blocks.pop()
  if (last === undefined) return null
  for (const index of blocks.flat()) drop.add(index)
  // The last one stays: a later line may set the same variable again.
  const opening = lines.find((_, index) => last.includes(index) && kinds[index] === 'open') ?? `${OPEN}\n`
  return lines
    .flatMap((raw, index) => {
      if (drop.has(index) || (last.includes(index) && kinds[index] !== 'body')) return []
      return last.includes(index) ? [opening, `${body}\n`, `${CLOSE}\n`] : [raw]
    })
    .join('')
}
