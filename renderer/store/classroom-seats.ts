import { SEAT_STATES, type Seat, type SeatState, type SeatView } from '../../electron/contract/classroom.ts'
import type { Note } from '../../electron/contract/note.ts'
import { sentencesOf } from './doctor-view.ts'
import { withSeats } from './run-timeline.ts'
import { CATEGORIES } from '../../electron/contract/doctor.ts'

/** States in which somebody has to do something. */
const TROUBLES: readonly SeatState[] = ['failed', 'unreachable']

export const isTrouble = ({ state }: SeatView): boolean => TROUBLES.includes(state)

/** Seats by state, in the fixed order; states without seats are left out. */
export function countsOf(seats: readonly SeatView[]): readonly { state: SeatState; count: number }[] {
  return SEAT_STATES.map((state) => ({ state, count: seats.filter((view) => view.state === state).length })).filter(
    ({ count }) => count > 0,
  )
}

/**
 * A room that was read anew, over what this window has seen: a seat of which the folder holds nothing, or only what is
 * older (trying writes no reports), keeps what its run has said.
 */
export function refreshed(before: readonly SeatView[], now: readonly SeatView[]): readonly SeatView[] {
  const said = before.filter(({ seat, state, report }) => {
    const fresh = now.find((view) => view.seat.name === seat.name)
    if (fresh === undefined || state === 'waiting' || state === 'running') return false
    if (report === null || fresh.report === null) return fresh.state === 'waiting'
    return Date.parse(report.at) > Date.parse(fresh.report.at)
  })
  return withSeats(
    now,
    said.map((view) => ({ ...view, seat: now.find(({ seat }) => seat.name === view.seat.name)?.seat ?? view.seat })),
  )
}

/** A finding's sentence; a code of a newer program on the seat has none here. */
export function findingKey(code: string): string | null {
  const category = CATEGORIES.find((one) => code.startsWith(`${one}.`))
  return category === undefined ? null : `${sentencesOf({ category, code })}.what`
}

/** Why a seat is not well: what main says of it, else its error or gravest finding, else the raw cause. */
export type Reason =
  | { kind: 'note'; note: Note }
  | { kind: 'error'; error: NonNullable<NonNullable<SeatView['report']>['error']> }
  | { kind: 'raw'; text: string }

export function reasonOf({ reason, report }: SeatView): Reason | null {
  if (reason !== null) return { kind: 'note', note: reason }
  if (report === null) return null
  if (report.error !== null) return { kind: 'error', error: report.error }
  const [found] = report.findings
  if (found !== undefined) {
    const key = findingKey(found.code)
    return key === null
      ? { kind: 'raw', text: found.code }
      : { kind: 'note', note: { key, values: { ...found.values, subject: found.subject } } }
  }
  return report.cause === null ? null : { kind: 'raw', text: report.cause }
}

/** Two lists of seats say the same. */
export const sameSeats = (one: readonly Seat[], two: readonly Seat[]): boolean =>
  JSON.stringify(one) === JSON.stringify(two)
