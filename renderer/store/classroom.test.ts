import { beforeEach, expect, test, vi } from 'vitest'
import type { SeatView } from '../../electron/contract/classroom.ts'
import { seatsOf, useClassroom } from './classroom.ts'
import { countsOf, findingKey, reasonOf, refreshed } from './classroom-seats.ts'
import { troubled, useRoomRun } from './classroom-run.ts'
import { useTasks } from './tasks.ts'
import { playMain } from './test-bridge.ts'
import { aRoom, aSeatReport, aSeatView } from './test-classroom.ts'
import { aTask } from './test-doctor.ts'
import { FIRST_PROFILE } from './wizard.ts'

const first = [useClassroom, useRoomRun].map((store) => [store, store.getState()] as const)
const chosen = { id: 'room-1', folder: '/rooms/305' }
const [a1, a2] = [aSeatView('a1', 'waiting'), aSeatView('a2', 'waiting')]
const room = () => useClassroom.getState()
const states = () => room().room?.seats.map(({ state }) => state)

beforeEach(() => {
  vi.useRealTimers()
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
  for (const [store, state] of first) Reflect.apply(store.setState, store, [state, true])
  useTasks.setState({ tasks: new Map() })
})

/** A main that runs a room as `told`, one event after the other. */
function play(seats: SeatView[], told: SeatView[] = [], end: 'done' | 'never' = 'done') {
  const tasks: ReturnType<typeof aTask>[] = []
  return playMain({
    'folder.choose': () => chosen,
    'classroom.show': () => ({ ...aRoom(...seats), profile: 'room.goready.yml' }),
    'classroom.read': ({ text }) => ({
      seats: text.split('\n').map((name) => ({ name, address: name, system: 'linux' as const })),
      problems: [],
    }),
    'classroom.write': ({ seats: written, options }) => ({
      ...aRoom(...written.map((seat) => aSeatView(seat.name, 'waiting', seat))),
      options,
    }),
    'classroom.run': ({ action }) => {
      const all = seats.map((view) => told.find(({ seat }) => seat.name === view.seat.name) ?? view)
      const result = { action, stopped: false, counts: {}, seats: all }
      const events = told.map((view) => ({ type: 'seats' as const, seats: [view] }))
      tasks.push({
        ...aTask('run-1', ...events, ...(end === 'done' ? [{ type: 'done', result } as const] : [])),
        kind: 'room',
        state: end === 'done' ? 'done' : 'running',
      })
      return { taskId: 'run-1' }
    },
    'task.list': () => tasks,
    'classroom.save': () => '/home/chen/seats.csv',
  })
}

test('a room is shown as it lies in its folder; a closed dialog leaves what was there', async () => {
  const asked = play([a1, a2])
  await room().choose()
  expect(room()).toMatchObject({ folder: chosen, profile: 'room', changed: false })
  expect(asked.map(({ name }) => name)).toEqual(['folder.choose', 'classroom.show'])
  playMain({ 'folder.choose': () => null })
  await room().choose()
  expect(room().folder).toEqual(chosen)
})

test('a list is read a moment after the last key, once, and counts for the seats', async () => {
  vi.useFakeTimers()
  const asked = play([a1])
  room().write('b')
  room().write('b1\nb2')
  await vi.advanceTimersByTimeAsync(250)
  expect(asked).toEqual([{ name: 'classroom.read', input: { text: 'b1\nb2' } }])
  expect(seatsOf(room()).map(({ name }) => name)).toEqual(['b1', 'b2'])
  expect(room().changed).toBe(true)
  room().write(null)
  expect(seatsOf(room())).toEqual([])
})

test('waves that cannot be read leave the last ones; what is written is what was read', async () => {
  const asked = play([a1])
  await room().choose()
  room().edit({ waves: '2, 50%' })
  room().edit({ waves: '2, 5x' })
  expect(room()).toMatchObject({ waves: '2, 5x', options: { waves: [2, '50%'] } })
  room().edit({ profile: 'wizard', kit: { id: 'kit-1', folder: '/kit' } })
  expect(await room().save()).toBe(true)
  expect(asked.at(-1)?.input).toMatchObject({
    id: 'room-1',
    options: { waves: [2, '50%'] },
    profile: FIRST_PROFILE,
    kit: 'kit-1',
  })
  expect(room()).toMatchObject({ changed: false, waves: '2, 50%', kit: null })
})

test('what main refuses is said, and nothing is taken for written', async () => {
  play([a1])
  await room().choose()
  playMain({})
  room().edit({ profile: 'wizard' })
  expect(await room().save()).toBe(false)
  await useRoomRun.getState().start('apply')
  expect(room()).toMatchObject({ problem: { code: 'internal' }, changed: true, busy: false })
  expect(useRoomRun.getState().errand.step).toBe('idle')
})

test('a run writes first what was changed, tells of its seats, and keeps their order', async () => {
  const told = [aSeatView('a2', 'well'), aSeatView('a1', 'failed'), aSeatView('zz', 'well')]
  const asked = play([a1, a2], told)
  await room().choose()
  room().edit({ profile: 'wizard' })
  await useRoomRun.getState().start('apply', ['a1', 'a2'])
  await vi.waitFor(() => expect(useRoomRun.getState().result).not.toBeNull())
  expect(asked.map(({ name }) => name).slice(2, 4)).toEqual(['classroom.write', 'classroom.run'])
  expect(asked[3]?.input).toEqual({ id: 'room-1', action: 'apply', only: ['a1', 'a2'] })
  expect(states()).toEqual(['failed', 'well'])
  expect(troubled()).toEqual(['a1'])
})

test('a window that was opened anew follows what runs, but only the seats of its room', async () => {
  play([a1, a2], [aSeatView('a2', 'running'), aSeatView('other', 'well')], 'never')
  await room().choose()
  await useRoomRun.getState().start('check')
  useRoomRun.setState({ errand: { step: 'idle' } })
  await useRoomRun.getState().resume()
  await vi.waitFor(() => expect(states()).toEqual(['waiting', 'running']))
})

test('the reports are saved where main’s dialog says', async () => {
  play([a1])
  await room().choose()
  await room().saveReports('csv')
  expect(room().saved).toBe('/home/chen/seats.csv')
})

test('a folder that holds nothing of a seat does not take back what its run has said', async () => {
  const before = [aSeatView('a1', 'held'), aSeatView('a2', 'running'), aSeatView('gone', 'well')]
  expect(refreshed(before, [a1, a2]).map(({ state }) => state)).toEqual(['held', 'waiting'])
  const at = (minute: number, state: 'failed' | 'well') => ({
    ...aSeatView('a1', state),
    report: aSeatReport('a1', state, { at: `2026-11-30T08:0${minute}:00.000Z` }),
  })
  expect(refreshed([at(5, 'failed')], [at(4, 'well')]).map(({ state }) => state)).toEqual(['failed'])
  expect(refreshed([at(5, 'failed')], [at(6, 'well')]).map(({ state }) => state)).toEqual(['well'])
  expect(refreshed([aSeatView('a1', 'failed')], [aSeatView('a1', 'well')]).map(({ state }) => state)).toEqual(['well'])
})

test('counts stand in the fixed order', () => {
  expect(countsOf([aSeatView('a', 'failed'), aSeatView('b', 'well'), aSeatView('c', 'failed')])).toEqual([
    { state: 'well', count: 1 },
    { state: 'failed', count: 2 },
  ])
})

test('the reason is main’s own sentence, else the error, else the gravest finding, else the raw cause', () => {
  const failed = aSeatView('a', 'failed')
  const finding = { code: 'go.env-bom', severity: 'error' as const, subject: 'GOPROXY', values: { path: '/x' } }
  const report = (more: Parameters<typeof aSeatReport>[2]) => ({ ...failed, report: aSeatReport('a', 'failed', more) })
  const note = { key: 'room:no-answer' }
  expect(reasonOf(failed)).toBeNull()
  expect(reasonOf({ ...report({ cause: 'x' }), reason: note })).toEqual({ kind: 'note', note })
  expect(reasonOf(report({ error: { code: 'no-space' }, findings: [finding] }))).toMatchObject({ kind: 'error' })
  expect(reasonOf(report({ findings: [finding] }))).toMatchObject({ note: { key: 'doctor-go:env-bom.what' } })
  expect(reasonOf(report({ findings: [{ ...finding, code: 'newer.thing' }] }))).toEqual({
    kind: 'raw',
    text: 'newer.thing',
  })
  expect(reasonOf(report({ cause: 'ssh: no route' }))).toEqual({ kind: 'raw', text: 'ssh: no route' })
  expect(findingKey('packages.apt-lock')).toBe('doctor-packages:apt-lock.what')
})
