/**
 * A text in the encoding that it most likely has: UTF-16 where it begins with its mark (PowerShell's `>`), UTF-8, else
 * code page 936, which a Chinese Windows console writes (the WHATWG Encoding Standard calls its superset gb18030).
 */
export function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
