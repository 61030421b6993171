import type { ClassroomAction, Seat, SeatReport, SeatState, SeatView } from '../contract/classroom.ts'
import type { RoomEvent } from './events.ts'
import { reasonOf } from './reasons.ts'
import { reportOf } from './reports.ts'

export const viewOf = (seat: Seat, report: SeatReport | null, wave: number | null): SeatView => ({
  seat,
  state: report?.state ?? 'waiting',
  reason: report === null ? null : reasonOf(report),
  wave,
  report,
})

/** How many seats stand how. */
export function countSeats(views: readonly SeatView[]): Partial<Record<SeatState, number>> {
  const counts: Partial<Record<SeatState, number>> = {}
  for (const { state } of views) counts[state] = (counts[state] ?? 0) + 1
  return counts
}

/** What is known of a room while it is gone through; answers each seat that an event changed. */
export class SeatMap {
  readonly #views: Map<string, SeatView>
  readonly #action: ClassroomAction

  /** `before`: the seats of this run, with what their last report said. */
  constructor(before: readonly SeatView[], action: ClassroomAction) {
    this.#action = action
    this.#views = new Map(
      before.map(({ seat }) => [
        seat.name,
        { seat, state: 'waiting' as const, reason: null, wave: null, report: null },
      ]),
    )
  }

  get views(): readonly SeatView[] {
    return [...this.#views.values()]
  }

  /** Seats of which the end is known, as a share of all. */
  get fraction(): number {
    const over = this.views.filter(({ state }) => state !== 'waiting' && state !== 'running').length
    return this.#views.size === 0 ? 1 : over / this.#views.size
  }

  hear(event: RoomEvent): readonly SeatView[] {
    switch (event.event) {
      case 'wave':
        return event.seats.flatMap((name) => this.#change(name, { wave: event.wave }))
      case 'begun':
        return this.#change(event.seat, { state: 'running' })
      case 'seat': {
        const report = reportOf(event.report, event.seat)
        if (report === null) return this.#change(event.seat, { state: 'failed', reason: { key: 'room:reason.report' } })
        return this.#change(event.seat, { state: report.state, reason: reasonOf(report), report })
      }
      case 'broken': {
        const report = brokenReport(event, this.#action)
        return this.#change(event.seat, { state: event.state, reason: reasonOf(report), report })
      }
      case 'end':
        return []
      default:
        return []
    }
  }

  /** The run is over: seats that were not begun are held, those that were in the middle of it were cut off. */
  end(reason: SeatView['reason'], stopped: boolean): readonly SeatView[] {
    return this.views.flatMap(({ seat: { name }, state }) => {
      if (state === 'waiting') return stopped ? this.#change(name, { state: 'held' }) : []
      return state === 'running' ? this.#change(name, { state: 'failed', reason }) : []
    })
  }

  #change(name: string, change: Partial<SeatView>): readonly SeatView[] {
    const view = this.#views.get(name)
    if (view === undefined) return []
    const next = { ...view, ...change }
    this.#views.set(name, next)
    return [next]
  }
}

function brokenReport(event: Extract<RoomEvent, { event: 'broken' }>, action: ClassroomAction): SeatReport {
  return {
    version: 1,
    seat: event.seat,
    at: new Date().toISOString(),
    state: event.state,
    step: action === 'undo' ? 'undo' : 'apply',
    changed: null,
    program: null,
    go: null,
    run: null,
    seconds: null,
    verdict: null,
    findings: [],
    error: null,
    cause: event.cause,
  }
}
