import type { Value } from '../../contract/plan.ts'
import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, splitLines, toBinary } from '../binary.ts'

/**
 * The name on a line of the GOENV file, or null where Go ignores the line (golang/go
 * cmd/go/internal/cfg `readEnvFile`: no `=`, or a first byte outside A–Z). A byte order mark
 * therefore hides line 1 from Go, and so from us.
 */
function nameOf(line: string): string | null {
  const at = line.indexOf('=')
  return at > 0 && /^[A-Z]/.test(line) ? line.slice(0, at) : null
}

/** Go cuts at `\n` only: a `\r` belongs to the value. */
const valueOf = (line: string): string => line.slice(line.indexOf('=') + 1).replace(/\n$/, '')

function checkedLine(key: string, value: Value): string {
  if (!/^[A-Z][A-Z0-9_]*$/.test(key)) throw new TypeError(`not a Go variable: ${key}`)
  if (typeof value !== 'string' || /[\n\r\0]/.test(value)) throw new TypeError(`not a value for ${key}`)
  return `${key}=${encode(value)}`
}

/**
 * The GOENV file (`KEY=VALUE` lines, no quoting, the last duplicate wins).
 *
 * A line that we write always ends in a plain `\n`, also in a CRLF file, because Go would keep the `\r`.
 * A byte order mark is never touched: Go ignores line 1 then, our line never stands on line 1 of
 * such a file, so it works, and the user's bytes stay.
 * Removing a key removes all its duplicates, or an earlier one would come back to life.
 */
export const goenvFormat: Format = {
  id: 'goenv',
  read(bytes) {
    const keys = new Map<string, Value>()
    for (const line of bytes === null ? [] : splitLines(toBinary(bytes))) {
      const name = nameOf(line)
      if (name !== null) keys.set(decode(name), decode(valueOf(line)))
    }
    return keys
  },
  edit(bytes, edits) {
    const before = bytes === null ? '' : toBinary(bytes)
    let lines = splitLines(before)
    for (const { key, after } of edits) {
      if (after === null) {
        lines = lines.filter((line) => nameOf(line) !== key)
        continue
      }
      const written = checkedLine(key, after)
      const at = lines.findLastIndex((line) => nameOf(line) === key)
      const old = lines[at]
      if (old !== undefined) {
        lines[at] = written + (old.endsWith('\n') ? '\n' : '')
        continue
      }
      const last = lines.at(-1)
      if (last !== undefined && !last.endsWith('\n')) lines[lines.length - 1] = `${last}\n`
      lines.push(`${written}\n`)
    }
    const result = lines.join('')
    if (result === before) return bytes
    return result === '' ? null : fromBinary(result)
  },
}
