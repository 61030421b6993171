/** `pc[01-40]` stands for pc01 to pc40; at most so many of one line. */
export const MAX_RANGE = 500

/** `before`: what stands before the brackets. `width`: leading zeros are kept. */
type Range = { before: string; first: number; last: number; width: number; after: string }

const RANGE = /^([^[\]]*)\[(\d{1,6})(?:-|\.\.|~|～|—)(\d{1,6})\]([^[\]]*)$/

/** The names that a word stands for: itself, or those of its range. null: a range that is none (backwards, too many). */
export function expand(word: string): readonly string[] | null {
  const range = rangeOf(word)
  if (range === null) return [word]
  const { before, first, last, width, after } = range
  if (last < first || last - first >= MAX_RANGE) return null
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const number = String(first + index).padStart(width, '0')
    return `${before}${number}${after}`
  })
}

function rangeOf(word: string): Range | null {
  const [, before = '', first, last, after = ''] = RANGE.exec(word) ?? []
  if (first === undefined || last === undefined) return null
  const width = first.startsWith('0') ? first.length : 0
  return { before, first: Number(first), last: Number(last), width, after }
}
