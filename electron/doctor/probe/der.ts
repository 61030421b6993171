/** One value of DER (X.690): its tag, its content, and where the next one begins. */
export type Der = { tag: number; body: Uint8Array; next: number }

/** The value that begins at `at`; null where there is none or it is cut. Only tags of one byte, as X.509 has them. */
export function derAt(bytes: Uint8Array, at: number): Der | null {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined) return null
  const count = first < 0x80 ? 0 : first & 0x7f
  if (count > 4 || first === 0x80) return null
  let length = count === 0 ? first : 0
  for (const byte of bytes.subarray(at + 2, at + 2 + count)) length = length * 256 + byte
  const start = at + 2 + count
  if (start + length > bytes.length) return null
  return { tag, body: bytes.subarray(start, start + length), next: start + length }
}

/** The values that lie one behind the other, as far as they can be read. */
export function derAll(bytes: Uint8Array): readonly Der[] {
  const all: Der[] = []
  for (let one = derAt(bytes, 0); one !== null; one = derAt(bytes, one.next)) all.push(one)
  return all
}

/** The way down through nested values by their place; null where it ends before. */
export function derPath(bytes: Uint8Array, way: readonly number[]): Der | null {
  let inner: Der | null = { tag: 0, body: bytes, next: 0 }
  for (const place of way) inner = inner === null ? null : (derAll(inner.body)[place] ?? null)
  return inner
}
