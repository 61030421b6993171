import { create } from 'zustand'
import {
  CLASSROOM_DEFAULTS,
  type ClassroomOptions,
  type ClassroomView,
  type Seat,
  type SeatList,
} from '../../electron/contract/classroom.ts'
import type { AppError } from '../../electron/contract/note.ts'
import { request } from '../api.ts'
import { refreshed } from './classroom-seats.ts'
import { readWaves, wavesText } from './classroom-waves.ts'
import { errorOf } from './run-error.ts'
import { useWizard } from './wizard.ts'

/** A folder that main has shown a dialog for. */
export type ChosenFolder = { id: string; folder: string }

/** The parts of the teacher's page. */
export const ROOM_TABS = ['set-up', 'seats', 'kit'] as const
export type RoomTab = (typeof ROOM_TABS)[number]

/** Milliseconds after the last key before a list is read. */
const PAUSE = 200

type Form = {
  /** A list of seats that is being written; null: the room's own stand. */
  text: string | null
  list: SeatList | null
  options: ClassroomOptions
  /** As it is typed; `options.waves` holds the last that could be read. */
  waves: string
  profile: 'wizard' | 'room'
  /** A kit for the room; null: as it is. */
  kit: ChosenFolder | null
  /** Something is not in the folder yet. */
  changed: boolean
}

type ClassroomStore = Form & {
  tab: RoomTab
  folder: ChosenFolder | null
  room: ClassroomView | null
  busy: boolean
  problem: AppError | null
  /** Why a file is no list of seats. */
  refused: { name: string; why: 'large' | 'unreadable' } | null
  /** Where the teacher's guide lies; null: not known yet. */
  guide: string | null
  findGuide(): Promise<void>
  /** Where the reports were written last. */
  saved: string | null
  turnTo(tab: RoomTab): void
  choose(): Promise<void>
  /** Reads the folder anew without a word: seats that go by themselves report there. */
  refresh(): Promise<void>
  /** Seats as a run has told of them. */
  show(seats: ClassroomView['seats']): void
  /** The list as it is typed; read a moment later. null: what was typed is forgotten. */
  write(text: string | null): void
  edit(change: Partial<Pick<Form, 'options' | 'waves' | 'profile' | 'kit'>>): void
  /** Writes all into the folder. Answers whether it is there now. */
  save(): Promise<boolean>
  saveReports(format: 'csv' | 'json' | 'html'): Promise<void>
}

const BLANK: Form = {
  text: null,
  list: null,
  options: CLASSROOM_DEFAULTS,
  waves: wavesText(CLASSROOM_DEFAULTS.waves),
  profile: 'wizard',
  kit: null,
  changed: false,
}

const formOf = (room: ClassroomView): Form => ({
  ...BLANK,
  options: room.options,
  waves: wavesText(room.options.waves),
  profile: room.profile === null ? 'wizard' : 'room',
})

/** A room: its folder, what is written into it, how its seats stand. */
export const useClassroom = create<ClassroomStore>((set, get) => {
  let timer: ReturnType<typeof setTimeout> | null = null
  const read = async (text: string): Promise<void> => {
    try {
      const list = await request('classroom.read', { text })
      if (get().text === text) set({ list, changed: true, problem: null })
    } catch (thrown) {
      if (get().text === text) set({ problem: errorOf(thrown) })
    }
  }
  return {
    ...BLANK,
    tab: 'set-up',
    folder: null,
    room: null,
    busy: false,
    problem: null,
    refused: null,
    guide: null,
    saved: null,
    async findGuide() {
      set({ guide: await request('classroom.guide', undefined).catch(() => null) })
    },
    turnTo: (tab) => set({ tab }),
    async choose() {
      try {
        const folder = await request('folder.choose', { kind: 'classroom' })
        // The dialog was closed: what stands there stays.
        if (folder === null) return
        set({ busy: true, problem: null })
        const room = await request('classroom.show', { id: folder.id })
        set({ ...formOf(room), folder, room, saved: null })
      } catch (thrown) {
        set({ problem: errorOf(thrown) })
      } finally {
        set({ busy: false })
      }
    },
    async refresh() {
      const { folder, busy } = get()
      if (folder === null || busy) return
      const now = await request('classroom.show', { id: folder.id }).catch(() => null)
      const { folder: still, room, busy: writes } = get()
      if (now === null || room === null || writes || still?.id !== folder.id) return
      set({ room: { ...now, seats: [...refreshed(room.seats, now.seats)] } })
    },
    show(seats) {
      const { room } = get()
      if (room !== null) set({ room: { ...room, seats } })
    },
    write(text) {
      if (timer !== null) clearTimeout(timer)
      timer = null
      if (text === null) return set({ text, list: null })
      set({ text })
      timer = setTimeout(() => void read(text), PAUSE)
    },
    edit(change) {
      const waves = change.waves === undefined ? null : readWaves(change.waves)
      const options = { ...get().options, ...change.options, ...(waves === null ? {} : { waves }) }
      set({ ...change, options, changed: true })
    },
    async save() {
      const { folder, options, profile, kit, busy } = get()
      if (folder === null || busy) return false
      set({ busy: true, problem: null })
      try {
        const { profile: chosen } = useWizard.getState()
        const room = await request('classroom.write', {
          id: folder.id,
          seats: [...seatsOf(get())],
          options,
          profile: profile === 'wizard' ? chosen : null,
          kit: kit?.id ?? null,
        })
        const before = get().room?.seats ?? []
        set({ ...formOf(room), room: { ...room, seats: [...refreshed(before, room.seats)] } })
        return true
      } catch (thrown) {
        set({ problem: errorOf(thrown) })
        return false
      } finally {
        set({ busy: false })
      }
    },
    async saveReports(format) {
      const { folder } = get()
      if (folder === null) return
      try {
        const saved = await request('classroom.save', { id: folder.id, format })
        if (saved !== null) set({ saved, problem: null })
      } catch (thrown) {
        set({ problem: errorOf(thrown) })
      }
    },
  }
})

/** The seats that would be written: what was typed, else the room's own. */
export function seatsOf({ text, list, room }: Pick<ClassroomStore, 'text' | 'list' | 'room'>): readonly Seat[] {
  if (text !== null && list !== null) return list.seats
  return room?.seats.map(({ seat }) => seat) ?? []
}
