import { expect, test } from 'vitest'
import type { Change, PresenceChange } from '../contract/plan.ts'
import { MemorySystem } from '../system/memory.ts'
import { CodedError } from './errors.ts'
import { readRuns } from './journal.ts'
import { type Brought, type Presence, presenceName } from './presence.ts'
import { runPlan, settleInterrupted, type RunTools } from './run.ts'
import { newestUndoable } from './standing.ts'
import { summarize } from './summary.ts'
import { undoRun } from './undo.ts'

const STATE = '/home/u/.local/state/goready'
const common = { before: false, after: true, admin: true, command: ['x'] } as const
const pack: PresenceChange = { kind: 'package', name: 'docker.io', ...common }
const service: PresenceChange = { kind: 'service', name: 'docker', boot: true, ...common }
const group: PresenceChange = { kind: 'group', name: 'docker', user: 'ann', ...common }
const ALL = [pack, service, group]
const BROUGHT: Brought = { names: ['runc', 'docker.io'], configured: ['runc'] }

/** A machine on which things are there or not; `fails`: what cannot be brought. */
function machine(there: readonly string[] = [], fails: string | null = null) {
  const sys = new MemorySystem()
  sys.folder('/home/u')
  const present = new Set(there)
  const done: string[] = []
  const kept: string[] = []
  const key = (change: PresenceChange) => `${change.kind} ${presenceName(change)}`
  const presence: Presence = {
    has: (_sys, change) => Promise.resolve(present.has(key(change))),
    possible: () => Promise.resolve(true),
    prepare: () => Promise.resolve(),
    brings: (_sys, change) => Promise.resolve(change.kind === 'package' ? BROUGHT : null),
    left: (_sys, change) => Promise.resolve(present.has(key(change))),
    set(_sys, change, wanted, brought) {
      if (change.kind === 'package') expect(brought).toEqual(BROUGHT)
      if (key(change) === fails) return Promise.reject(new CodedError('install-failed', { name: change.name }, 'E: no'))
      done.push(`${wanted ? '+' : '-'}${key(change)}`)
      if (wanted) present.add(key(change))
      else present.delete(key(change))
      return Promise.resolve(!wanted && change.kind === 'package' ? kept : [])
    },
  }
  const tools: RunTools = { sys, handlers: new Map(), state: STATE, pid: 1, presence }
  const apply = (changes: readonly Change[], signal = new AbortController().signal, own: RunTools = tools) =>
    runPlan({ plan: { id: 'p', changes, findings: [] }, proposals: [], image: null }, own, () => {}, signal)
  const undo = async () => {
    const { runs } = await readRuns(STATE, sys)
    const run = newestUndoable(runs, null)
    if (run === null) return null
    return undoRun(run, runs, 'ask', {
      ...tools,
      formats: new Map(),
      signal: new AbortController().signal,
      reloading: () => {},
      ask: () => Promise.reject(new Error('nobody asks')),
    })
  }
  return { sys, present, done, kept, presence, tools, apply, undo }
}

test('brought in the order of the plan, and taken away in reverse by undo', async () => {
  const { present, done, apply, undo, sys } = machine()
  expect(await apply(ALL)).toMatchObject({ changed: true, files: [] })
  expect(present.size).toBe(3)
  expect(await undo()).toMatchObject({ restored: ['docker: ann', 'docker', 'docker.io'] })
  expect(present.size).toBe(0)
  expect(done).toEqual([
    '+package docker.io',
    '+service docker',
    '+group docker: ann',
    '-group docker: ann',
    '-service docker',
    '-package docker.io',
  ])
  const { runs } = await readRuns(STATE, sys)
  expect(runs.map((run) => summarize(run, null).status)).toEqual(['undone'])
  expect(await undo()).toBeNull()
})

test('what somebody else brought since the plan is not ours to take away', async () => {
  const { present, apply, undo } = machine(['package docker.io'])
  await apply(ALL)
  await undo()
  expect([...present]).toEqual(['package docker.io'])
})

test('a failure takes away what came before it', async () => {
  const { present, apply } = machine([], 'group docker: ann')
  await expect(apply(ALL)).rejects.toMatchObject({ code: 'install-failed', remaining: [] })
  expect([...present]).toEqual([])
})

test('something that is not there after it was brought is a failure', async () => {
  const { presence, apply } = machine()
  presence.set = () => Promise.resolve([])
  await expect(apply([service])).rejects.toMatchObject({ code: 'install-failed', values: { name: 'docker' } })
})

test('a cancel between two steps takes the first away', async () => {
  const { present, presence, apply } = machine()
  const stop = new AbortController()
  const { set } = presence
  presence.set = async (...args) => {
    const kept = await set(...args)
    stop.abort(new CodedError('cancelled'))
    return kept
  }
  await expect(apply(ALL, stop.signal)).rejects.toMatchObject({ code: 'cancelled' })
  expect([...present]).toEqual([])
})

test('without the rights nothing is begun, and no journal is written', async () => {
  const { presence, apply, sys, tools } = machine()
  presence.possible = () => Promise.resolve(false)
  await expect(apply(ALL)).rejects.toMatchObject({ code: 'needs-admin', values: { path: 'docker.io' } })
  const { presence: _none, ...without } = tools
  await expect(apply(ALL, new AbortController().signal, without)).rejects.toMatchObject({ code: 'needs-admin' })
  expect(sys.writes).toEqual([])
})

test('a run that was cut off says how things stand, and undo still gives them back', async () => {
  const { present, presence, apply, undo, sys, tools } = machine()
  const { set } = presence
  // Killed right after the package: nothing of the run's own clean-up happens.
  presence.set = async (...args) => {
    await set(...args)
    const kept = sys.text(`${STATE}/runs/${(await sys.list(`${STATE}/runs`))[0] ?? ''}`) ?? ''
    presence.set = set
    sys.put('/kept', kept)
    throw new CodedError('cancelled')
  }
  await apply(ALL).catch(() => {})
  const [name = ''] = await sys.list(`${STATE}/runs`)
  sys.put(`${STATE}/runs/${name}`, sys.text('/kept') ?? '')
  present.add('package docker.io')
  const findings = await settleInterrupted(tools, new AbortController().signal)
  expect(findings.map(({ id, note }) => [id, note.values?.['path']])).toEqual([['settled.after', 'docker.io']])
  await undo()
  expect([...present]).toEqual([])
})

test('a journal that names an option as a package is damaged, not obeyed', async () => {
  const { apply, sys, undo } = machine()
  await apply(ALL)
  const [name = ''] = await sys.list(`${STATE}/runs`)
  const path = `${STATE}/runs/${name}`
  sys.put(path, (sys.text(path) ?? '').replace('"name":"docker.io"', '"name":"-oAPT::X=1"'))
  expect((await readRuns(STATE, sys)).damaged).toEqual([path])
  expect(await undo()).toBeNull()
})

test('half of a package counts as something to take away, and what still stands afterwards is told', async () => {
  const { present, presence, apply, done } = machine()
  const { set } = presence
  // The package manager ends with an error in the middle: nothing is installed, but not everything is as before.
  presence.set = (sys, change, wanted, brought) => {
    if (!wanted) return set(sys, change, wanted, brought)
    present.add('half')
    return Promise.reject(new CodedError('install-failed', { name: change.name }, 'E: dpkg'))
  }
  presence.left = () => Promise.resolve(present.has('half') && !done.includes('-package docker.io'))
  await expect(apply([pack])).rejects.toMatchObject({ code: 'install-failed', remaining: [] })
  expect(done).toEqual(['-package docker.io'])
  presence.left = () => Promise.resolve(true)
  await expect(apply([pack])).rejects.toMatchObject({ remaining: ['docker.io: install-failed: still there'] })
})

test('undo goes on past what fails, says what is not back, and can be repeated', async () => {
  const { present, presence, apply, undo } = machine()
  await apply(ALL)
  const { set } = presence
  presence.set = (sys, change, wanted, brought) =>
    change.kind === 'service'
      ? Promise.reject(new CodedError('install-failed', { name: change.name }, 'E: busy'))
      : set(sys, change, wanted, brought)
  await expect(undo()).rejects.toMatchObject({
    code: 'install-failed',
    remaining: [expect.stringMatching(/^docker: install-failed/)],
  })
  expect([...present]).toEqual(['service docker'])
  presence.set = set
  expect(await undo()).toMatchObject({ restored: ['docker'] })
  expect([...present]).toEqual([])
})

test('an undo without the rights begins nothing', async () => {
  const { sys, presence, apply, undo, present } = machine()
  await apply(ALL)
  presence.possible = () => Promise.resolve(false)
  const before = sys.writes.length
  await expect(undo()).rejects.toMatchObject({ code: 'needs-admin' })
  expect(sys.writes).toHaveLength(before)
  // Somebody has taken it all away already: nothing needs rights.
  present.clear()
  expect(await undo()).toMatchObject({ restored: [] })
})

test("a person's own data stays, and undo names it", async () => {
  const { apply, undo, kept } = machine()
  await apply(ALL)
  kept.push('/var/lib/docker')
  expect(await undo()).toMatchObject({ kept: ['/var/lib/docker'] })
})

test('a cancel while the lists are fetched installs nothing', async () => {
  const { present, presence, apply, done } = machine()
  const stop = new AbortController()
  presence.prepare = () => {
    stop.abort(new CodedError('cancelled'))
    return Promise.resolve()
  }
  await expect(apply(ALL, stop.signal)).rejects.toMatchObject({ code: 'cancelled' })
  expect([done, [...present]]).toEqual([[], []])
})

test('a journal that names an option among what came along is damaged', async () => {
  const { apply, sys } = machine()
  await apply(ALL)
  const [name = ''] = await sys.list(`${STATE}/runs`)
  const path = `${STATE}/runs/${name}`
  sys.put(path, (sys.text(path) ?? '').replace('"names":["runc"', '"names":["-oAPT::X=1"'))
  expect((await readRuns(STATE, sys)).damaged).toEqual([path])
})
