import type { z } from 'zod'
import { CLASSROOM_DEFAULTS, type Seat, type SeatView } from '../contract/classroom.ts'
import { CodedError } from '../core/errors.ts'
import { parseJson, schemaError } from '../core/json-file.ts'
import type { System } from '../core/system.ts'
import { readOrNull, writeWhole } from './own-files.ts'
import { readReports } from './reports.ts'
import { readSeats } from './read-seats.ts'
import { type RoomOptions, ROOM, roomFile, roomOptionsSchema, type RoomState, roomStateSchema } from './room-folder.ts'
import { viewOf } from './seat-map.ts'
import { seatText } from './seat-text.ts'
import { wavesOf } from './waves.ts'

/** A room as it lies in its folder. */
export type Room = { folder: string; seats: readonly Seat[]; room: RoomOptions; state: RoomState; isRoom: boolean }

/** Reads a room; an empty folder is one without seats. Throws `unparsable-file` for options that are none. */
export async function readRoom(folder: string, sys: System): Promise<Room> {
  const [list, options, state] = await Promise.all([
    readOrNull(roomFile(folder, 'seats'), sys),
    readOrNull(roomFile(folder, 'options'), sys),
    readOrNull(roomFile(folder, 'state'), sys),
  ])
  const path = roomFile(folder, 'options')
  return {
    folder,
    seats: list === null ? [] : readSeats(seatText(list)).seats,
    room: options === null ? { ...NO_OPTIONS } : parse(options, roomOptionsSchema, path),
    state: stateOf(state),
    isRoom: options !== null,
  }
}

const NO_OPTIONS: RoomOptions = roomOptionsSchema.parse({ version: 1, options: CLASSROOM_DEFAULTS })

function parse<T>(bytes: Uint8Array, schema: z.ZodType<T>, path: string): T {
  const text = new TextDecoder().decode(bytes)
  const parsed = schema.safeParse(parseJson(text, path))
  if (!parsed.success) throw schemaError(parsed.error, text, path)
  return parsed.data
}

/** What we remember ourselves is no reason to fail: without it, files count as a person's, and are kept. */
function stateOf(bytes: Uint8Array | null): RoomState {
  const nothing = roomStateSchema.parse({ version: 1 })
  if (bytes === null) return nothing
  try {
    return roomStateSchema.parse(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return nothing
  }
}

export const writeState = (folder: string, state: RoomState, sys: System): Promise<void> =>
  writeWhole(roomFile(folder, 'state'), new TextEncoder().encode(`${JSON.stringify(state, null, 2)}\n`), sys)

/** Every seat as its last report, or the last run, left it. */
export async function viewsOf({ folder, seats, room, state }: Room, sys: System): Promise<SeatView[]> {
  const reports = await readReports(folder, seats, sys)
  const waves = wavesOf(seats.length, room.options.waves)
  const { last } = state
  return seats.map((seat, index) => {
    const report = reports.get(seat.name) ?? null
    const view = viewOf(seat, report, last?.waves[seat.name] ?? waves[index] ?? null)
    // What it told itself since counts more.
    const heldSince = last?.held.includes(seat.name) === true && (report === null || report.at < last.at)
    return heldSince ? { ...view, state: 'held' as const, reason: null } : view
  })
}

/** Throws `classroom-no-seats`. */
export function needSeats({ folder, seats }: Room): void {
  if (seats.length === 0) throw new CodedError('classroom-no-seats', { path: `${folder}/${ROOM.seats}` })
}
