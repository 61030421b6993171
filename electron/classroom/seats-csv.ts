import type { Seat } from '../contract/classroom.ts'

const HEAD = ['name', 'address', 'port', 'user', 'system']

/** `seats.csv`: the list of seats, as a spreadsheet and `readSeats` read it. */
export const seatsCsv = (seats: readonly Seat[]): string =>
  csv([
    HEAD,
    ...seats.map(({ name, address, port, user, system }) => [name, address, String(port ?? ''), user ?? '', system]),
  ])

/** A text of CSV with a byte order mark, which Excel needs for Chinese. */
export const csv = (rows: readonly (readonly string[])[]): string =>
  `\uFEFF${rows.map((row) => row.map(cellOf).join(',')).join('\r\n')}\r\n`

/** A spreadsheet takes a cell that begins like this for a formula; the wide signs as well in a language that has them. */
const FORMULA = /^[\s\u0000-\u001f]*[=+\-@\t\r＝＋－＠]/

function cellOf(text: string): string {
  const guarded = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n;\t]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded
}
