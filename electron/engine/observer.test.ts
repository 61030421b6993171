import { expect, test } from 'vitest'
import { seatSchema, type SeatState, type SeatView } from '../contract/classroom.ts'
import { CodedError } from '../core/errors.ts'
import { testPlaces } from '../docker/test-places.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'
import { MemorySystem } from '../system/memory.ts'
import { openLog } from '../telemetry/log-file.ts'
import type { Classroom } from './classroom.ts'
import { Observer } from './observer.ts'
import { watchClassroom } from './watched-bodies.ts'

const places = testPlaces()
const LOG = `${places.state}/log/goready.jsonl`
const never = new AbortController().signal

/** An observer of a machine in memory, and what it sent. */
function look() {
  const sys = new MemorySystem({ '/etc/machine-id': `${'a1'.repeat(16)}\n`, [`${places.home}/x`]: '' })
  const sent: { url: string; body: string }[] = []
  const client: MirrorClient = {
    async ask(url, ask) {
      sent.push({ url, body: ask.body ?? '' })
      const timings = { connectMs: 1, tlsMs: null, firstByteMs: 1, totalMs: 1 }
      return { url, status: 200, headers: {}, body: new Uint8Array(), complete: true, timings, via: null }
    },
    connect: () => Promise.reject(new Error('not asked')),
    read: () => Promise.reject(new Error('not asked')),
    bytes: () => 0,
    close() {},
  }
  const list = { date: '2026-01-01', artefacts: {}, mirrors: [], origin: 'built-in', findings: [] } as const
  const observer = new Observer({
    sys,
    places,
    log: openLog(places.state, sys),
    mirrors: async () => list,
    client: async () => client,
  })
  return { sys, sent, observer }
}
const watched = { kind: 'verify', id: 'task-1', report: () => {} }

test('without a collector nobody is told, and what is found as it is to be leaves nothing', async () => {
  const { sys, sent, observer } = look()
  expect(await observer.watch(watched, async () => 'well')).toBe('well')
  expect(sent).toEqual([])
  expect(sys.writes).toEqual([])
})

test('what the work throws is what is thrown; the log tells it where there is one, without what is private', async () => {
  const { sys, sent, observer } = look()
  sys.put(`${places.state}/races.json`, '{}')
  const broken = new CodedError(
    'registry-unreachable',
    { registry: 'registry.school.example' },
    `https://ann:hush@registry.school.example/v2/ of ${places.home}/x: TOKEN=hush2`,
  )
  await expect(observer.watch(watched, () => Promise.reject(broken))).rejects.toBe(broken)
  const log = sys.text(LOG) ?? ''
  expect(log).toContain('"code":"registry-unreachable"')
  expect(log).toContain('"run":"task-1"')
  for (const word of ['hush', 'school', 'ann']) expect(log).not.toContain(word)
  expect(log).toContain('private-host-1')
  expect(sent).toEqual([])
})

test('a disk that takes nothing changes no outcome', async () => {
  const { sys, observer } = look()
  sys.fault = () => {
    throw Object.assign(new Error('full'), { code: 'ENOSPC' })
  }
  const work = async (watch: { report(report: { type: 'step'; step: 'files'; state: 'running' }): void }) => {
    watch.report({ type: 'step', step: 'files', state: 'running' })
    return 7
  }
  expect(await observer.watch(watched, work)).toBe(7)
})

test('a room tells the collector of its own profile how its seats stand', async () => {
  const { sys, sent, observer } = look()
  sys.put('/room/profile.goready.yml', 'version: 1\ntelemetry: { otlp: https://collector.school.example }\n')
  const seat = (name: string, state: SeatState): SeatView => ({
    seat: seatSchema.parse({ name, address: '10.0.0.7', user: 'teacher', system: 'linux' }),
    state,
    reason: null,
    wave: 1,
    report: null,
  })
  const missing = (): never => {
    throw new Error('not asked')
  }
  const room: Classroom = {
    ...{ read: missing, write: missing, export: missing },
    show: async (folder) => ({
      ...{ folder, seats: [], profile: 'profile.goready.yml', kit: null, ansible: null, install: null, counts: {} },
      options: { waves: [1], tolerance: 0, for: 'user', forks: 1 },
    }),
    async run(_folder, { action }, report) {
      report({ type: 'step', step: 'room', state: 'running' })
      report({ type: 'seats', seats: [seat('pc-01', 'running')] })
      report({ type: 'seats', seats: [seat('pc-01', 'well'), seat('pc-02', 'unreachable')] })
      report({ type: 'step', step: 'room', state: 'done' })
      return { action, stopped: false, counts: { well: 1, unreachable: 1 }, seats: [] }
    },
  }
  const seen = watchClassroom(room, observer, sys)
  expect(await seen.run('/room', { action: 'apply', only: null }, () => {}, never)).toMatchObject({ stopped: false })
  expect(sent.map(({ url }) => url).toSorted()).toEqual([
    'https://collector.school.example/v1/metrics',
    'https://collector.school.example/v1/traces',
  ])
  const all = sent.map(({ body }) => body).join('\n')
  expect(all).toContain('"name":"goready.seats"')
  expect(all).toContain('{"key":"goready.seat","value":{"stringValue":"pc-02"}}')
  // Its name on the map is all that is told of a seat.
  for (const word of ['10.0.0.7', 'teacher', 'a1a1a1', places.home]) expect(all).not.toContain(word)
  expect(sys.text(LOG)).toContain('"seat":"pc-01","state":"well"')
})
