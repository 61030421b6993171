/** Whether two contents are the same; null = the file does not exist. */
export function sameBytes(a: Uint8Array | null, b: Uint8Array | null): boolean {
  if (a === null || b === null) return a === b
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

/**
 * Text as it is shown to a person: UTF-8, or UTF-16 where the file says so, with a mark for what is not. A byte order
 * mark stays: taking it away may be all that is to be seen.
 */
export function showText(bytes: Uint8Array | null): string {
  if (bytes === null) return ''
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
  return new TextDecoder(wide ? 'utf-16le' : 'utf-8', { ignoreBOM: true }).decode(bytes)
}

/** Bytes as base64, for records. */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** The bytes behind `toBase64`. Throws on anything else. */
export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
