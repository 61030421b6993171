import { decode, splitLines, toBinary } from '../binary.ts'

/** A line of a GOENV file (or `$GOROOT/go.env`) that means to set a variable. */
export type GoenvLine = {
  line: number
  value: string
  /** `counts`: the last of its name. `bom`: Go does not see it, because of the mark in front of the file. */
  read: 'counts' | 'duplicate' | 'bom'
  /** It ends in a carriage return, which Go takes for a part of the value. */
  cr: boolean
}

const BOM = '\u00ef\u00bb\u00bf'

/** The lines of one variable, as golang/go cmd/go/internal/cfg `readEnvFile` reads them: cut at `\n` only, the last counts. */
export function goenvLines(bytes: Uint8Array, name: string): readonly GoenvLine[] {
  const found = splitLines(toBinary(bytes)).flatMap((raw, index): GoenvLine[] => {
    const bom = index === 0 && raw.startsWith(BOM)
    const text = (bom ? raw.slice(BOM.length) : raw).replace(/\n$/, '')
    if (!text.startsWith(`${name}=`)) return []
    const value = decode(text.slice(name.length + 1))
    return [{ line: index + 1, value, read: bom ? 'bom' : 'duplicate', cr: value.endsWith('\r') }]
  })
  const last = found.findLast(({ read }) => read !== 'bom')
  return found.map((one) => (one === last ? { ...one, read: 'counts' } : one))
}

export const hasBom = (bytes: Uint8Array): boolean => toBinary(bytes.subarray(0, 3)) === BOM
