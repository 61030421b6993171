import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff'
import type { FormatId } from '../contract/plan.ts'
import { showText } from './bytes.ts'
import { redact } from './redact.ts'

/** Words of a netrc file may stand on lines of their own. */
const NETRC_WORD = /(\b(?:password|account)\s+)\S+/g

/**
 * A unified diff of two contents with secrets redacted. What a line holds may be told only by the lines before it (a
 * private key, a text block, a netrc file), and a diff shows a few lines out of the middle: so each content is
 * redacted as a whole, and its lines take the places of the real ones.
 */
export function diffText(
  path: string,
  before: Uint8Array | null,
  after: Uint8Array | null,
  format: FormatId | null = null,
): string {
  const [from, to] = [foldBundle(showText(before)), foldBundle(showText(after))]
  const names = [before === null ? '/dev/null' : path, after === null ? '/dev/null' : path] as const
  const patch = structuredPatch(...names, from, to, undefined, undefined, { context: 3 })
  const [old, now] = [hiddenLines(from, format), hiddenLines(to, format)]
  for (const hunk of patch.hunks) {
    let [left, right] = [hunk.oldStart - 1, hunk.newStart - 1]
    hunk.lines = hunk.lines.map((line) => {
      const mark = line.charAt(0)
      if (mark === '\\') return line
      const text = mark === '+' ? now[right] : old[left]
      if (mark !== '+') left++
      if (mark !== '-') right++
      return `${mark}${text ?? ''}`
    })
  }
  return redact(formatPatch(patch, FILE_HEADERS_ONLY))
}

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/]{0,24})[^-]*?([A-Za-z0-9+/=]{0,16})\s+-----END CERTIFICATE-----/g
/** Characters; a person's own authority is shown as it is. */
const BUNDLE = 32 * 1024

/** All the certificates that a system believes are thousands of lines that nobody reads: then each of them is one. */
const foldBundle = (text: string): string =>
  text.length < BUNDLE ? text : text.replace(CERTIFICATE, '-----CERTIFICATE $1…$2-----')

/** The lines of a content without its secrets; as many as it has. */
function hiddenLines(content: string, format: FormatId | null): readonly string[] {
  // What is looked for at the beginning of a line stands behind a byte order mark as well.
  const mark = content.startsWith('\ufeff') ? '\ufeff' : ''
  const text = content.slice(mark.length)
  const shown = redact(format === 'netrc' ? text.replace(NETRC_WORD, '$1••••') : text).split('\n')
  // A secret that went over several lines has taken some with it: then each line stands for itself.
  const lines = text.split('\n')
  const [first = '', ...more] = shown.length === lines.length ? shown : lines.map((line) => redact(line))
  return [mark + first, ...more]
}
