/** Bytes in, whole lines out. Splits at \n, drops a \r before it, and survives a chunk that ends inside a character. */
export type LineSplitter = { push(chunk: Uint8Array): string[]; end(): string[] }

/** A line longer than this is junk, and is dropped instead of kept in memory. */
export const MAX_LINE = 1024 * 1024

export function createLineSplitter(maxLine = MAX_LINE): LineSplitter {
  const decoder = new TextDecoder()
  let rest = ''
  let dropping = false
  const take = (text: string): string[] => {
    const lines: string[] = []
    let from = 0
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      const line = rest + text.slice(from, at)
      if (!dropping && line.length <= maxLine) lines.push(line.replace(/\r$/, ''))
      dropping = false
      rest = ''
      from = at + 1
    }
    if (!dropping) rest += text.slice(from)
    if (rest.length > maxLine) {
      rest = ''
      dropping = true
    }
    return lines
  }
  return {
    push: (chunk) => take(decoder.decode(chunk, { stream: true })),
    end: () => {
      const lines = take(decoder.decode())
      const last = rest.replace(/\r$/, '')
      rest = ''
      return last === '' ? lines : [...lines, last]
    },
  }
}
