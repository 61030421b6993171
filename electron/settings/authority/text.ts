import type { Format } from '../../core/setting.ts'
import { decode, encode, fromBinary, toBinary } from '../binary.ts'

export const CONTENT_KEY = 'content'

/** A file that is one value: its whole content, UTF-8. */
export const wholeFormat: Format = {
  id: 'whole',
  read: (bytes) => new Map(bytes === null ? [] : [[CONTENT_KEY, decode(toBinary(bytes))]]),
  edit(bytes, edits) {
    const last = edits.findLast(({ key }) => key === CONTENT_KEY)
    if (last === undefined) return bytes
    if (last.after === null) return null
    if (typeof last.after !== 'string') throw new TypeError('not a text')
    return fromBinary(encode(last.after))
  },
}
