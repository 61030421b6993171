import { beforeEach, expect, test, vi } from 'vitest'
import type { OpenedProfile } from '../../electron/contract/wizard.ts'
import { RequestError } from '../api.ts'
import { isChanging } from './busy.ts'
import { useDrop } from './drop.ts'
import { offerLater, openGiven, takeGiven, told } from './given.ts'
import { useTags } from './tags.ts'
import { playMain } from './test-bridge.ts'
import { FIRST_PROFILE, useWizard } from './wizard.ts'

const task = (kind: string, state: 'running' | 'done') => ({ id: 't', kind, state, events: [] })
const opened: OpenedProfile = {
  name: 'class.yaml',
  profile: { version: 1, image: 'golang:1.26' },
  locked: [],
  remark: null,
}
let tasks: ReturnType<typeof task>[]
let given: OpenedProfile | null
const page = () => useWizard.getState().page
const outcome = () => useDrop.getState().outcome

beforeEach(() => {
  tasks = []
  given = opened
  playMain({
    'task.list': () => tasks,
    'profile.given': () => {
      const now = given
      given = null
      return now
    },
    'profile.open': () => opened,
    'draft.load': () => ({ page: 'run', profile: FIRST_PROFILE, opened: null, taskId: 't', runId: null }),
    'draft.save': () => true,
    'goMod.advise': () => ({ go: '1.27', toolchain: null, tag: '1.27', findings: [] }),
  })
  useWizard.setState({ page: 'run', profile: FIRST_PROFILE, opened: null, taskId: 't', runId: null })
  useDrop.setState({ outcome: null })
})

test('only what changes the computer keeps its page', async () => {
  expect(await isChanging()).toBe(false)
  tasks = [task('program', 'running'), task('apply', 'done')]
  expect(await isChanging()).toBe(false)
  tasks = [task('undo', 'running')]
  expect(await isChanging()).toBe(true)
})

test('a profile that a second start names is opened at once when nothing runs', async () => {
  await takeGiven()
  expect([page(), useWizard.getState().opened?.name]).toEqual(['review', 'class.yaml'])
})

test('while a run goes on it waits with main, is said to wait, and is offered afterwards', async () => {
  vi.useFakeTimers()
  tasks = [task('apply', 'running')]
  const taken = takeGiven()
  await vi.advanceTimersByTimeAsync(2500)
  expect([page(), given, outcome()]).toMatchObject(['run', opened, { note: { key: 'review:drop.waits' } }])
  tasks = [task('apply', 'done')]
  await vi.advanceTimersByTimeAsync(1500)
  await taken
  vi.useRealTimers()
  expect([page(), outcome()]).toMatchObject(['run', { tone: 'offer', opened }])
  useDrop.getState().accept()
  expect([page(), outcome()]).toEqual(['review', null])
})

test('a window that is loaded again in the middle of a run stays on it, and keeps what waits', async () => {
  tasks = [task('apply', 'running')]
  await useWizard.getState().load()
  await openGiven()
  expect([useWizard.getState().opened, given]).toEqual([null, opened])
  tasks = []
  await offerLater()
  expect(outcome()).toBeNull()
  await openGiven()
  expect(useWizard.getState().opened?.name).toBe('class.yaml')
})

test('a profile that cannot be opened is told, at a start as in a second one, and changes nothing', async () => {
  const error = { code: 'bad-profile', values: { line: 2, key: '', reason: 'syntax' } } as const
  playMain({
    'task.list': () => tasks,
    'profile.given': () => {
      throw new RequestError(error)
    },
  })
  for (const open of [openGiven, () => told(takeGiven)]) {
    useDrop.setState({ outcome: null })
    await open()
    expect([page(), outcome()]).toEqual(['run', { tone: 'error', error }])
  }
})

test('a dropped file is refused in words while a run goes on', async () => {
  tasks = [task('apply', 'running')]
  await useDrop.getState().take([new File(['version: 1'], 'class.yaml')])
  expect([page(), outcome()]).toMatchObject(['run', { tone: 'problem', note: { key: 'review:drop.running' } }])
})

test('a go.mod dropped anywhere chooses the recommended image by its role, as the page of the Go version does', async () => {
  const tag = { tag: '1.27', go: '1.27', variant: 'debian', base: 'trixie', support: 'supported' } as const
  const about = { supportEnds: null, size: null, unpacked: null, missing: [], role: 'newest' } as const
  const list = { from: 'catalogue', source: '', catalogueDate: '', tags: [{ ...tag, ...about, missing: [] }] } as const
  useTags.setState({ list: { ...list, tags: [{ ...tag, ...about, missing: [] }] } })
  await useDrop.getState().take([new File(['go 1.27'], 'go.mod')])
  expect([page(), useWizard.getState().profile.image]).toEqual(['go-version', 'newest'])
})
