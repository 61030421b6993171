import { beforeEach, expect, test, vi } from 'vitest'
import type { RaceProgress, TargetId } from '../../electron/contract/mirror.ts'
import type { TaskView } from '../../electron/contract/task.ts'
import { useRace } from './race.ts'
import { useTasks } from './tasks.ts'
import { playMain } from './test-bridge.ts'
import { anEntry, aRaceTask, aResult } from './test-race.ts'
import { useWizard } from './wizard.ts'

const first = useRace.getState()
let tasks: Map<string, TaskView>

beforeEach(() => {
  vi.stubGlobal('requestAnimationFrame', (work: () => void) => setTimeout(work, 0))
  vi.stubGlobal('cancelAnimationFrame', (timer: ReturnType<typeof setTimeout>) => clearTimeout(timer))
  tasks = new Map()
  useTasks.setState({ tasks: new Map() })
  useRace.setState({ ...first, queue: [], progress: {}, results: {}, failed: {} }, true)
  useWizard.setState({ profile: { version: 1, image: 'golang:1.27', sources: { sumdb: 'sum.room.example' } } })
})

const progress = (target: TargetId): RaceProgress => ({
  target,
  phase: 'groups',
  fraction: 0.5,
  ms: 900,
  bytes: 1000,
  entries: [{ id: 'a', state: 'measuring', bar: 0.4, reason: null }],
})

/** Main as far as races go: `ends` says what becomes of each, null: it goes on. */
function play(ends: (target: TargetId) => TaskView | null) {
  return playMain({
    'mirror.race': ({ targets }) => {
      const [target = 'go'] = targets
      const id = `task-${target}`
      tasks.set(id, ends(target) ?? aRaceTask(id, progress(target), null))
      return { taskId: id }
    },
    'task.list': () => [...tasks.values()],
    'task.cancel': ({ taskId }) => {
      const view = tasks.get(taskId)
      if (view === undefined) return false
      const error = { code: 'cancelled' as const }
      const ended: TaskView = {
        ...view,
        state: 'cancelled',
        events: [...view.events, { taskId, seq: 9, type: 'cancelled', error }],
      }
      tasks.set(taskId, ended)
      useTasks.setState({ tasks: new Map(tasks) })
      return true
    },
  })
}

test('targets are measured one after the other; each result stands as soon as it is there', async () => {
  const asked = play((target) =>
    target === 'docker' ? null : aRaceTask(`task-${target}`, progress(target), [aResult([anEntry()], { target })]),
  )
  const measured = useRace.getState().start(['go', 'docker'])
  await expect.poll(() => useRace.getState().progress.docker?.fraction).toBe(0.5)
  const { queue, results } = useRace.getState()
  expect(queue).toEqual(['docker'])
  expect(results.go?.entries[0]?.id).toBe('a')
  expect(results.docker).toBeUndefined()
  expect(asked.filter(({ name }) => name === 'mirror.race').map(({ input }) => input)).toEqual([
    { targets: ['go'], image: 'golang:1.27', sumdb: 'sum.room.example' },
    { targets: ['docker'], image: 'golang:1.27', sumdb: 'sum.room.example' },
  ])
  // A second start while one runs begins nothing.
  await useRace.getState().start(['npm'])
  expect(useRace.getState().queue).toEqual(['docker'])
  await useRace.getState().cancel()
  await measured
})

test('a cancel ends the race that runs and those that wait, at once, and leaves earlier results', async () => {
  useRace.setState({ results: { go: aResult([anEntry()]) } })
  const asked = play(() => null)
  const measured = useRace.getState().start(['go', 'docker'])
  await expect.poll(() => useRace.getState().progress.go).toBeDefined()
  const cancelled = useRace.getState().cancel()
  expect(useRace.getState()).toMatchObject({ queue: [], progress: {} })
  await cancelled
  await measured
  expect(asked.map(({ name }) => name).filter((name) => /race$|cancel/.test(name))).toEqual([
    'mirror.race',
    'task.cancel',
  ])
  expect(useRace.getState().results.go).toBeDefined()
  expect(useRace.getState().failed).toEqual({})
})

test('one called off while main was starting it is ended as well', async () => {
  const asked = play(() => null)
  const measured = useRace.getState().start(['go'])
  await useRace.getState().cancel()
  await measured
  expect(asked.map(({ name }) => name)).toEqual(['mirror.race', 'task.cancel'])
})

test('a target that cannot be measured says why and does not keep the others from it', async () => {
  const error = { code: 'not-yet' as const, values: { key: 'sources.apt' } }
  play((target) => {
    const task = aRaceTask(`task-${target}`, progress(target), [aResult([anEntry()], { target })])
    if (target !== 'apt') return task
    return { ...task, state: 'failed', events: [{ taskId: task.id, seq: 1, type: 'failed', error }] }
  })
  await useRace.getState().start(['apt', 'go'])
  expect(useRace.getState().failed).toEqual({ apt: error })
  expect(useRace.getState().results.go).toBeDefined()
  expect(useRace.getState().queue).toEqual([])
})

test('what was measured in an earlier start is read once', async () => {
  const kept = [aResult([anEntry()], { target: 'npm' })]
  const asked = playMain({ 'mirror.lastRace': () => kept, 'task.list': () => [] })
  await Promise.all([useRace.getState().load(), useRace.getState().load()])
  expect(useRace.getState().results.npm).toEqual(kept[0])
  expect(asked.filter(({ name }) => name === 'mirror.lastRace')).toHaveLength(1)
})
