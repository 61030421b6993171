import type { Seat } from '../../electron/contract/classroom.ts'

/** Seats as a list that can be read again: name, address, user, system. */
export const listText = (seats: readonly Seat[]): string =>
  seats
    .map(({ name, address, port, user, system }) =>
      [name, port === undefined ? address : `${address}:${port}`, user ?? '', system === 'windows' ? system : '']
        .join(',')
        .replace(/,+$/, ''),
    )
    .join('\n')

/** The text of a list as a spreadsheet saved it: with a mark of its own, as UTF-8, or as Excel does it in China. */
export function listOf(bytes: Uint8Array<ArrayBuffer>): string {
  const mark = `${bytes[0]} ${bytes[1]}`
  const named = { '255 254': 'utf-16le', '254 255': 'utf-16be' }[mark]
  if (named !== undefined) return new TextDecoder(named).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}
