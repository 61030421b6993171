import { MAX_SEATS, type Seat, type SeatList, seatSchema } from '../contract/classroom.ts'
import type { Note } from '../contract/note.ts'
import { expand } from './ranges.ts'
import { type Column, DEFAULT_COLUMNS, headingOf, splitLine, systemOf } from './seat-columns.ts'

/** Names that Ansible, or the inventory, has a meaning of its own for. */
const TAKEN = ['all', 'ungrouped', 'localhost', 'seats', 'windows']
/** Lines of a list that are looked at, and problems that are told. */
const MAX_LINES = 20_000
const MAX_PROBLEMS = 50

/**
 * Reads a list of seats: lines of a CSV or TSV file, pasted from a spreadsheet, or words with spaces between. Columns are
 * name, address, user, system, or what a heading in Chinese or English says. `pc[01-40] 192.168.1.[101-140]` stands
 * for forty. Lines that begin with # and empty ones are no seats. What is wrong is told by its line, and left out.
 */
export function readSeats(text: string): SeatList {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/, MAX_LINES)
  const seats: Seat[] = []
  const problems: SeatList['problems'] = []
  const places = { names: new Map<string, number>(), addresses: new Map<string, number>() }
  let columns: readonly (Column | null)[] | null = null
  for (const [index, raw] of lines.entries()) {
    // Excel's own line about its separator.
    if (raw.trim() === '' || raw.trimStart().startsWith('#') || /^sep=.$/.test(raw.trim())) continue
    const line = index + 1
    const cells = splitLine(raw.trim().normalize('NFKC'))
    const heading: readonly (Column | null)[] | null = columns === null && seats.length === 0 ? headingOf(cells) : null
    if (heading !== null) {
      columns = heading
      continue
    }
    columns ??= columnsOf(cells)
    const found = seatsOf(cells, columns)
    for (const one of found) {
      const problem = 'key' in one ? one : (twice(one, line, places) ?? tooMany(seats))
      if (problem === null && !('key' in one)) seats.push(one)
      else if (problem !== null && problems.length < MAX_PROBLEMS) problems.push({ line, note: problem })
    }
  }
  return { seats, problems }
}

/** A list of addresses alone is a list as well. */
function columnsOf(cells: readonly string[]): readonly Column[] {
  return cells.length === 1 ? ['address'] : DEFAULT_COLUMNS
}

const problem = (key: string, values: Record<string, string | number> = {}): Note => ({
  key: `room:list.${key}`,
  values,
})

function seatsOf(cells: readonly string[], columns: readonly (Column | null)[]): readonly (Seat | Note)[] {
  const of = (column: Column): string => cells[columns.indexOf(column)] ?? ''
  const [nameCell, addressCell] = [of('name'), of('address')]
  const [names, addresses] = [expand(nameCell || nameFor(addressCell)), expand(addressCell || nameCell)]
  if (names === null || addresses === null) return [problem('range', { text: names === null ? nameCell : addressCell })]
  if (names.length !== addresses.length)
    return [problem('counts', { names: names.length, addresses: addresses.length })]
  const system = systemOf(of('system'))
  if (system === null) return [problem('system', { text: of('system') })]
  return names.map((name, index) => seatOf(name, addresses[index] ?? '', of('user'), of('port'), system))
}

/** What a seat is called that has only an address: 192.168.1.7 is a name as well. */
const nameFor = (address: string): string => address.replace(/^.*@/, '').replace(/:\d+$/, '').replace(/[:%]/g, '-')

function seatOf(name: string, place: string, user: string, port: string, system: Seat['system']): Seat | Note {
  // As ssh takes it: user@address:port. An IPv6 address has colons of its own.
  const [, before, address = '', behind] =
    /^(?:([^@]*)@)?(.*?)(?::(\d{1,5}))?$/.exec(
      /^[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*(%\w+)?$/.test(place) ? `[${place}]` : place,
    ) ?? []
  // The brackets stay: without them it could begin with what no address begins with.
  const bare = address.trim()
  const account = user || before || ''
  const number = port || behind || ''
  if (TAKEN.includes(name.toLowerCase())) return problem('taken', { text: name })
  const parsed = seatSchema.safeParse({
    name,
    address: bare,
    ...(number === '' ? {} : { port: Number(number) }),
    ...(account === '' ? {} : { user: account }),
    system,
  })
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues[0]?.path[0]
  const text = { name, address: bare, port: number, user: account }[String(wrong)] ?? place
  return problem(wrong === 'name' || wrong === 'port' || wrong === 'user' ? wrong : 'address', { text })
}

/** A seat's file and its host have its name, on some systems in any case; an address is one machine. */
function twice(
  seat: Seat,
  line: number,
  { names, addresses }: Record<'names' | 'addresses', Map<string, number>>,
): Note | null {
  const [name, address] = [seat.name.toLowerCase(), `${seat.address.toLowerCase()} ${seat.port ?? 22}`]
  const first = names.get(name)
  if (first !== undefined) return problem('twice', { text: seat.name, line: first })
  const other = addresses.get(address)
  if (other !== undefined) return problem('twice', { text: seat.address, line: other })
  names.set(name, line)
  addresses.set(address, line)
  return null
}

const tooMany = (seats: readonly Seat[]): Note | null =>
  seats.length < MAX_SEATS ? null : problem('tooMany', { count: MAX_SEATS })
