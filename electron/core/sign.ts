import { isFileState, type Held } from './held.ts'

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** Tells one content (rights and owner with it) from any other, without holding it: SHA-256, or `absent`. */
export async function signOf(held: Held | null): Promise<string> {
  if (held === null) return 'absent'
  const head = isFileState(held) ? [held.mode, held.uid, held.gid] : [held.type, held.value]
  const first = new TextEncoder().encode(`${JSON.stringify(head)}\n`)
  const bytes = isFileState(held) ? held.bytes : new Uint8Array()
  const all = new Uint8Array(first.length + bytes.length)
  all.set(first)
  all.set(bytes, first.length)
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', all)))
}
