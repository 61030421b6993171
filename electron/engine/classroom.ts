import type {
  ClassroomAction,
  ClassroomOptions,
  ClassroomResult,
  ClassroomView,
  Seat,
  SeatList,
} from '../contract/classroom.ts'
import type { Profile } from '../contract/profile.ts'
import type { TaskReport } from '../contract/task.ts'
import { exportSeats } from '../classroom/export.ts'
import { ansibleVersion, installNote } from '../classroom/find-ansible.ts'
import { readSeats } from '../classroom/read-seats.ts'
import type { RoomState } from '../classroom/room-folder.ts'
import { needSeats, readRoom, viewsOf, writeState } from '../classroom/room-store.ts'
import { runRoom } from '../classroom/run-room.ts'
import { countSeats } from '../classroom/seat-map.ts'
import { renewRoom, writeRoom } from '../classroom/write-room.ts'
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import { classroomFolder } from './assets.ts'

export type WriteRoom = {
  seats: readonly Seat[]
  options: ClassroomOptions
  /** null: the room keeps its own. */
  profile: Profile | null
  /** The profile's own file, whose signature the room keeps. */
  profileFile?: string
  /** A kit's folder, or its address in the room; null: the room keeps its own. */
  kit: string | null
}
export type RunRoom = { action: ClassroomAction; only: readonly string[] | null }
export type SeatFormat = 'csv' | 'json' | 'html'

/** Rooms of seats, each in a folder of its own. Folders are absolute paths. Everything throws CodedErrors. */
export type Classroom = {
  /** Reads a list of seats; only a text. */
  read(text: string): SeatList
  show(folder: string, signal: AbortSignal): Promise<ClassroomView>
  write(folder: string, room: WriteRoom, signal: AbortSignal): Promise<ClassroomView>
  /** Body of a task. Throws `classroom-no-seats`, `classroom-no-ansible`. */
  run(
    folder: string,
    wanted: RunRoom,
    report: (event: TaskReport) => void,
    signal: AbortSignal,
  ): Promise<ClassroomResult>
  /** All seats' reports as one text. */
  export(folder: string, format: SeatFormat, language: 'zh-CN' | 'en', signal: AbortSignal): Promise<string>
}

export type ClassroomParts = { sys: System; places: Places }

/** Milliseconds that Ansible, once found, is believed to be there: a map asks every few seconds, and it starts slowly. */
const FOUND = 60_000

export function openClassroom({ sys, places }: ClassroomParts): Classroom {
  let found = { version: '', at: Number.NEGATIVE_INFINITY }
  const version = async (signal: AbortSignal): Promise<string | null> => {
    if (performance.now() - found.at < FOUND) return found.version
    const now = await ansibleVersion(sys, places, signal)
    if (now !== null) found = { version: now, at: performance.now() }
    return now
  }
  const show = async (folder: string, signal: AbortSignal, kept: readonly string[] = []): Promise<ClassroomView> => {
    const room = await readRoom(folder, sys)
    const [seats, ansible] = await Promise.all([viewsOf(room, sys), version(signal)])
    return {
      folder,
      seats,
      options: room.room.options,
      profile: room.state.profile[0] ?? null,
      kit: room.room.kit,
      ansible,
      install: ansible === null ? installNote(places.platform) : null,
      counts: countSeats(seats),
      kept: [...kept],
    }
  }
  return {
    read: readSeats,
    show: (folder, signal) => show(folder, signal),
    async write(folder, room, signal) {
      const kept = await writeRoom(folder, room, classroomFolder(), sys)
      return show(folder, signal, kept)
    },
    async run(folder, { action, only }, report, signal) {
      const room = await readRoom(folder, sys)
      needSeats(room)
      const seats = chosen(await viewsOf(room, sys), only)
      if ((await ansibleVersion(sys, places, signal)) === null) throw new CodedError('classroom-no-ansible')
      for (const path of await renewRoom(room, classroomFolder(), sys)) report({ type: 'log', line: `${path}: kept` })
      const at = new Date().toISOString()
      const whole = seats.length === room.seats.length
      const result = await runRoom({ folder, action, seats, whole }, { sys, places }, report, signal)
      if (action === 'check') return result
      const { state } = await readRoom(folder, sys)
      const last = lastOf(result, { action, at, before: whole ? null : state.last })
      await writeState(folder, { ...state, last }, sys)
      return result
    },
    async export(folder, format, language, signal) {
      const view = await show(folder, signal)
      // The sentences of both languages are large and seldom needed here.
      const { openText } = await import('../cli/text.ts')
      return exportSeats(view.seats, format, await openText(language), new Date())
    },
  }
}

type Last = NonNullable<RoomState['last']>

/** What is remembered of a run; one over some of the seats leaves what is known of the others. */
function lastOf(
  { seats }: ClassroomResult,
  { action, at, before }: Pick<Last, 'action' | 'at'> & { before: Last | null },
): Last {
  const now = new Set(seats.map(({ seat }) => seat.name))
  const waves = Object.fromEntries(
    seats.flatMap(({ seat, wave }) => (wave === null ? [] : [[seat.name, wave] as const])),
  )
  return {
    action,
    at,
    held: [
      ...(before?.held ?? []).filter((name) => !now.has(name)),
      ...seats.flatMap(({ seat, state }) => (state === 'held' ? [seat.name] : [])),
    ],
    waves: before === null ? waves : before.waves,
  }
}

/** The seats that were named, in the room's order. Throws `bad-arguments` for one that is not there. */
function chosen<T extends { seat: Seat }>(views: readonly T[], only: readonly string[] | null): readonly T[] {
  if (only === null) return views
  const unknown = only.find((name) => !views.some(({ seat }) => seat.name === name))
  if (unknown !== undefined) throw new CodedError('bad-arguments', { reason: 'room:list.unknown', text: unknown })
  return views.filter(({ seat }) => only.includes(seat.name))
}
