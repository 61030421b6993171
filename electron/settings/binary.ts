/**
 * Files are edited as "binary strings": one character per byte. What is not valid UTF-8 then
 * survives an edit, which decoding and encoding again would not let it.
 */

export function toBinary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

export function fromBinary(binary: string): Uint8Array {
  return Uint8Array.from(Buffer.from(binary, 'latin1'))
}

/** The text that a binary string encodes in UTF-8; bad sequences become U+FFFD. */
export function decode(binary: string): string {
  return Buffer.from(binary, 'latin1').toString('utf8')
}

/** Text as a binary string in UTF-8. Throws a TypeError for half a surrogate pair: no bytes mean it. */
export function encode(text: string): string {
  if (/[\ud800-\udfff]/u.test(text)) throw new TypeError('not a text')
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** The lines of a binary string, each with its own ending; the last one may have none. */
export function splitLines(binary: string): string[] {
  return binary.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/**
 * A text without the `marks` at its end. A regular expression would try the end from each of them: of a long run that
 * takes minutes.
 */
export function withoutEnd(text: string, marks = ' \t\r\n'): string {
  let end = text.length
  while (end > 0 && marks.includes(text[end - 1] ?? '')) end--
  return text.slice(0, end)
}

/** The 1-based number of the line on which `offset` lies. */
export function lineAt(binary: string, offset: number): number {
  let line = 1
  for (let at = binary.indexOf('\n'); at >= 0 && at < offset; at = binary.indexOf('\n', at + 1)) line++
  return line
}
