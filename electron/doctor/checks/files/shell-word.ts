import { decode, encode } from '../../../settings/binary.ts'
import { quoteSh } from '../../../settings/shell/quote.ts'

/** A path as a person can type it in a command. */
export const shellWord = (path: string): string => (/^[\w./@%+,:-]+$/.test(path) ? path : decode(quoteSh(encode(path))))
