import { create } from 'zustand'
import { type ClassroomAction, type ClassroomResult, classroomResultSchema } from '../../electron/contract/classroom.ts'
import type { SeatState } from '../../electron/contract/classroom.ts'
import { request } from '../api.ts'
import { useClassroom } from './classroom.ts'
import { isTrouble } from './classroom-seats.ts'
import { cancelErrand, type Errand, runErrand } from './done-errand.ts'
import { withSeats } from './run-timeline.ts'

type RoomRunStore = {
  /** What is done, or was done last. */
  action: ClassroomAction | null
  errand: Errand
  result: ClassroomResult | null
  /** Only seats in this state are shown. */
  filter: SeatState | null
  /** The seat whose report is shown. */
  chosen: string | null
  /** What somebody is asked about once more; it changes the seats. */
  asking: { action: 'apply' | 'undo'; only: readonly string[] | null } | null
  ask(asking: RoomRunStore['asking']): void
  /** Writes what is not in the folder yet and goes. `only`: names; null: all. */
  start(action: ClassroomAction, only?: readonly string[] | null): Promise<void>
  /** Follows what runs already: the window was opened anew in the middle of it. */
  resume(): Promise<void>
  stop(): Promise<void>
  sift(filter: SeatState | null): void
  choose(name: string | null): void
}

/** A room that is gone through. */
export const useRoomRun = create<RoomRunStore>((set, get) => {
  const follow = (id: string, begin: () => Promise<string>): Promise<void> =>
    runErrand(begin, (errand) => {
      const parsed = errand.step === 'done' ? classroomResultSchema.safeParse(errand.result) : null
      set({ errand, result: parsed?.success ? parsed.data : null })
      const { folder, room, show } = useClassroom.getState()
      // Another room may have been opened meanwhile.
      if (room === null || folder?.id !== id || !('timeline' in errand) || errand.timeline === null) return
      const told = parsed?.success ? parsed.data.seats : errand.timeline.seats
      const known = told.filter(({ seat }) => room.seats.some((view) => view.seat.name === seat.name))
      if (known.length > 0) show([...withSeats(room.seats, known)])
    })
  return {
    action: null,
    errand: { step: 'idle' },
    result: null,
    filter: null,
    chosen: null,
    asking: null,
    ask: (asking) => set({ asking }),
    async start(action, only = null) {
      set({ asking: null })
      const { folder, changed, save } = useClassroom.getState()
      if (folder === null || get().errand.step === 'running') return
      if (changed && !(await save())) return
      set({ action, result: null, filter: null })
      const { id } = folder
      const names = only === null ? null : [...only]
      await follow(id, async () => (await request('classroom.run', { id, action, only: names })).taskId)
    },
    async resume() {
      const { folder } = useClassroom.getState()
      if (folder === null || get().errand.step === 'running') return
      set({ action: null, errand: { step: 'idle' }, result: null, filter: null, chosen: null })
      const tasks = await request('task.list', undefined).catch(() => [])
      const running = tasks.find(({ kind, state }) => kind === 'room' && state === 'running')
      if (running !== undefined) await follow(folder.id, () => Promise.resolve(running.id))
    },
    stop: () => cancelErrand(get().errand),
    sift: (filter) => set({ filter: filter === get().filter ? null : filter }),
    choose: (chosen) => set({ chosen }),
  }
})

/** The seats that another try is for. */
export const troubled = (): readonly string[] =>
  (useClassroom.getState().room?.seats ?? []).filter(isTrouble).map(({ seat }) => seat.name)
