import {
  CLASSROOM_DEFAULTS,
  type ClassroomView,
  type Seat,
  type SeatReport,
  type SeatState,
  type SeatView,
} from '../../electron/contract/classroom.ts'

/** A seat on the map, for tests. */
export function aSeatView(name: string, state: SeatState, seat: Partial<Seat> = {}): SeatView {
  return {
    seat: { name, address: `${name}.example`, system: 'linux', ...seat },
    state,
    reason: null,
    wave: null,
    report: null,
  }
}

export function aSeatReport(seat: string, state: SeatState, more: Partial<SeatReport> = {}): SeatReport {
  return {
    version: 1,
    seat,
    at: '2026-11-30T08:00:00.000Z',
    state,
    step: 'check',
    changed: true,
    program: '0.1.0',
    go: 'go version go1.27.4 linux/amd64',
    run: '20261130T080000Z-1a2b',
    seconds: 72,
    verdict: 'ready',
    findings: [],
    error: null,
    cause: null,
    ...more,
  }
}

export function aRoom(...seats: SeatView[]): ClassroomView {
  return {
    folder: '/rooms/305',
    seats,
    options: CLASSROOM_DEFAULTS,
    profile: null,
    kit: null,
    ansible: '2.14.18',
    install: null,
    counts: {},
  }
}
