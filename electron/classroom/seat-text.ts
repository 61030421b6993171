/** Bytes of the largest list of seats that is read. */
export const MAX_LIST = 1024 * 1024

/**
 * The text of a list as a spreadsheet saved it: UTF-8 or UTF-16 with a byte order mark, UTF-8 without one, else GBK, which is
 * what Excel writes on a Chinese Windows.
 */
export function seatText(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
