/** One line of a unified diff as it is drawn. Line numbers are 1-based; null where the side has no such line. */
export type DiffLine =
  | { kind: 'hunk'; text: string }
  | { kind: 'same' | 'added' | 'removed'; before: number | null; after: number | null; text: string; cr: boolean }
  /** The line above ends the file without a line break. */
  | { kind: 'no-newline' }

export type ParsedDiff = { lines: readonly DiffLine[]; added: number; removed: number }

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/

/** Reads a unified diff of one file. The two lines with its names say nothing new and are left out. */
export function parseDiff(diff: string): ParsedDiff {
  const lines: DiffLine[] = []
  let before = 0
  let after = 0
  let added = 0
  let removed = 0
  let inHunk = false
  for (const line of diff.replace(/\n$/, '').split('\n')) {
    const hunk = HUNK.exec(line)
    if (hunk) {
      inHunk = true
      before = Number(hunk[1])
      after = Number(hunk[2])
      lines.push({ kind: 'hunk', text: line })
      continue
    }
    // Before the first hunk stand the names; after it a line that begins with --- is content.
    if (!inHunk) continue
    const cr = line.endsWith('\r')
    const text = line.slice(1, cr ? -1 : undefined)
    if (line.startsWith('+')) {
      added++
      lines.push({ kind: 'added', before: null, after: after++, text, cr })
    } else if (line.startsWith('-')) {
      removed++
      lines.push({ kind: 'removed', before: before++, after: null, text, cr })
    } else if (line.startsWith('\\')) lines.push({ kind: 'no-newline' })
    else lines.push({ kind: 'same', before: before++, after: after++, text, cr })
  }
  return { lines, added, removed }
}
