import type { ClassroomOptions, SeatView } from '../../electron/contract/classroom.ts'

/** Seats that go together; waves are counted from 1. */
export type SeatGroup = { wave: number; seats: readonly SeatView[] }

/** How many seats each wave has, as Ansible's `serial` counts: shares of all, at least one, the last size again. */
export function waveSizes(count: number, waves: ClassroomOptions['waves']): readonly number[] {
  const sizes: number[] = []
  for (let left = count; left > 0; ) {
    const wave = waves[Math.min(sizes.length, waves.length - 1)] ?? count
    const wanted = typeof wave === 'number' ? wave : Math.floor((Number.parseInt(wave, 10) / 100) * count)
    const size = Math.min(left, Math.max(1, wanted))
    sizes.push(size)
    left -= size
  }
  return sizes
}

/**
 * The seats wave by wave as a run over the whole room goes, in the order of the list: Ansible's is the same. Counted
 * here, as no tile may move when a run tells of its own waves (another try for three seats has one of three).
 */
export function groupsOf(seats: readonly SeatView[], waves: ClassroomOptions['waves']): readonly SeatGroup[] {
  let at = 0
  return waveSizes(seats.length, waves).map((size, index) => ({
    wave: index + 1,
    seats: seats.slice(at, (at += size)),
  }))
}

const WAVE = /^(?:([1-9]\d{0,2})|([1-9]\d?|100)\s*%)$/

/** `1, 10 %, 100%` as waves; null: it is none. */
export function readWaves(text: string): ClassroomOptions['waves'] | null {
  const parts = text.split(/[,，、;；\s]+(?!%)/).filter((part) => part !== '')
  const waves = parts.map((part) => {
    const [, seats, share] = WAVE.exec(part) ?? []
    if (seats !== undefined) return Number(seats) <= 500 ? Number(seats) : null
    return share === undefined ? null : `${share}%`
  })
  const known = waves.filter((wave) => wave !== null)
  return known.length === waves.length && known.length > 0 && known.length <= 16 ? known : null
}

export const wavesText = (waves: ClassroomOptions['waves']): string => waves.join(', ')
