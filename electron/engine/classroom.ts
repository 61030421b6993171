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
import { CodedError } from '../core/errors.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'

export type WriteRoom = {
  seats: readonly Seat[]
  options: ClassroomOptions
  /** null: the room keeps its own. */
  profile: Profile | null
  /** A kit's folder; null: the room keeps its own. */
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

export function openClassroom(_parts: ClassroomParts): Classroom {
  const later = (): never => {
    throw new CodedError('not-yet', { key: 'classroom' })
  }
  return { read: later, show: later, write: later, run: later, export: later }
}
