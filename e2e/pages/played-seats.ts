import { CLASSROOM_DEFAULTS, type Seat, type SeatReport, type SeatView } from '../../electron/contract/classroom.ts'
import type { KitServer, KitView } from '../../electron/contract/kit.ts'
import type { PlayedRoom } from './played-room.ts'

const seat = (index: number): Seat => ({
  name: `pc-${String(index + 1).padStart(2, '0')}`,
  address: `192.168.1.${101 + index}`,
  ...(index % 7 === 6 ? { user: 'teacher' } : {}),
  system: index >= 37 ? 'windows' : 'linux',
})
export const FORTY: readonly Seat[] = Array.from({ length: 40 }, (_, index) => seat(index))

const wave = (index: number): number => (index === 0 ? 1 : index < 5 ? 2 : index < 25 ? 3 : 4)

function report(name: string, more: Partial<SeatReport>): SeatReport {
  return {
    version: 1,
    seat: name,
    at: '2026-11-30T08:12:09.000Z',
    state: 'well',
    step: 'check',
    changed: true,
    program: '0.1.0',
    go: 'go version go1.27.4 linux/amd64',
    run: '20261130T081209Z-1f3a',
    seconds: 94,
    verdict: 'ready',
    findings: [],
    error: null,
    cause: null,
    ...more,
  }
}

const plain = (one: Seat, index: number): SeatView => ({
  seat: one,
  state: 'waiting',
  reason: null,
  wave: wave(index),
  report: null,
})
const well = (one: Seat, index: number): SeatView => ({
  ...plain(one, index),
  state: 'well',
  report: report(one.name, {}),
})

/** Not begun; in the middle of the third wave; stopped after it with four that have problems; all well. */
export const WAITING = FORTY.map(plain)
export const MIDDLE = FORTY.map((one, index): SeatView => {
  if (index < 14) return well(one, index)
  return index < 25 ? { ...plain(one, index), state: 'running' } : plain(one, index)
})
export const STOPPED = FORTY.map((one, index): SeatView => {
  const base = plain(one, index)
  if (index >= 25) return { ...base, state: 'held' }
  switch (one.name) {
    case 'pc-07':
      return { ...base, state: 'unreachable', reason: { key: 'room:reason.refused', values: {} } }
    case 'pc-11': {
      const error = { code: 'no-space', values: { path: '/home/student/.local/share/goready' } } as const
      const cause = "OSError: [Errno 28] No space left on device: '/home/student/.local/share/goready'"
      return {
        ...base,
        state: 'failed',
        reason: null,
        report: report(one.name, { state: 'failed', step: 'apply', go: null, verdict: null, error, cause }),
      }
    }
    case 'pc-16': {
      const findings = [
        {
          code: 'certificate.unknown-authority',
          severity: 'error' as const,
          subject: 'https://192.168.1.20:8443',
          values: { hosts: '192.168.1.20:8443', issuer: 'CN=GoReady 教室' },
        },
        { code: 'packages.npm-old', severity: 'info' as const, subject: 'npm', values: {} },
      ]
      return { ...base, state: 'failed', report: report(one.name, { state: 'failed', verdict: 'broken', findings }) }
    }
    case 'pc-20':
      return {
        ...base,
        state: 'failed',
        reason: {
          key: 'room:reason.said',
          values: { text: 'fatal: unable to look up current user in the passwd file' },
        },
        report: report(one.name, { state: 'failed', step: 'install', go: null, verdict: null, cause: 'fatal: …' }),
      }
    case 'pc-03':
      return { ...base, state: 'remark', report: report(one.name, { state: 'remark', changed: false }) }
    case 'pc-04':
      return { ...base, state: 'given-back', report: report(one.name, { state: 'given-back', step: 'undo' }) }
    default:
      return well(one, index)
  }
})
export const WELL = FORTY.map(well)

export const SERVER: KitServer = {
  folder: '/home/chen/教室/套件',
  interface: { name: 'wlp3s0', address: '192.168.1.20' },
  go: 'https://192.168.1.20:8443/go',
  docker: 'https://192.168.1.20:8443',
  npm: 'https://192.168.1.20:8443/npm',
  page: 'https://192.168.1.20:8443/',
  authority: '/home/chen/教室/套件/room-ca.pem',
  fingerprint: Array.from({ length: 32 }, (_, at) => (at * 7 + 16).toString(16).toUpperCase().padStart(2, '0')).join(
    ':',
  ),
  since: '2026-11-30T08:00:00.000Z',
}
export const KIT: KitView = {
  folder: '/home/chen/教室/套件',
  manifest: {
    version: 1,
    made: '2026-11-29T14:00:00.000Z',
    program: '0.1.0',
    files: [],
    images: [{ reference: 'golang:1.27', file: 'images/a.tar', digest: 'sha256:0', platform: 'linux/amd64' }],
    go: {
      folder: 'go',
      sumdb: null,
      modules: [{ path: 'rsc.io/quote', version: 'v1.5.2', sum: 'h1:x' }],
    },
    npm: null,
    profile: 'profile.goready.yml',
    catalogue: null,
    installers: [{ file: 'goready.deb', system: 'linux' }],
  },
  bytes: 412_000_000,
}

/** A room of forty whose third wave is the last that is begun. */
export function playedRoom(more: Partial<PlayedRoom> = {}): PlayedRoom {
  return {
    room: {
      folder: '/home/chen/教室/305',
      seats: WAITING,
      options: CLASSROOM_DEFAULTS,
      profile: 'profile.goready.yml',
      kit: null,
      ansible: '2.14.18',
      install: null,
      counts: {},
    },
    list: {
      seats: [...FORTY],
      problems: [
        { line: 12, note: { key: 'room:list.address', values: { text: '192.168.1.' } } },
        { line: 31, note: { key: 'room:list.twice', values: { text: 'pc-30', line: 30 } } },
      ],
    },
    kit: KIT,
    interfaces: [
      { name: 'wlp3s0', address: '192.168.1.20' },
      { name: 'lo', address: '127.0.0.1' },
    ],
    serving: null,
    server: SERVER,
    runs: {
      check: { seats: MIDDLE, stopped: false, ends: false },
      apply: { seats: STOPPED, stopped: true, ends: true },
      undo: { seats: WELL, stopped: false, ends: true },
    },
    making: { fraction: 0.43, bytes: 177_000_000, totalBytes: 412_000_000, speed: 5_200_000, left: 45 },
    ...more,
  }
}
