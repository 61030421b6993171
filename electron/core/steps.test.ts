import { expect, test } from 'vitest'
import type { Change } from '../contract/plan.ts'
import type { MemorySystem } from '../system/memory.ts'
import { removeRuns } from '../engine/remove-runs.ts'
import { uninstall } from '../engine/undo-runs.ts'
import { linuxPlaces } from '../platform/linux/places.ts'
import { keepBounds } from './bounds.ts'
import { beginRun, readRuns } from './journal.ts'
import { viewRun } from './run-view.ts'
import { summarize } from './summary.ts'
import { edit, testFormats } from './test-format.ts'
import { fold } from './plan.ts'
import {
  apply,
  DAEMON,
  forgetful,
  HOME,
  kept,
  machine,
  MODULE,
  never,
  notice,
  outside,
  proof,
  rights,
  settleAll,
  STATE,
  TOOL,
  toolsOf,
  treeOf,
  undo,
} from './test-steps.ts'
import { blockedBy } from './standing.ts'
import { viewPlan } from './view.ts'

/** A plan with every kind, in an order in which each might be in the way of another. */
async function everything(sys: MemorySystem, final = false): Promise<readonly Change[]> {
  const files = await fold([edit(`${HOME}/rc`, 'b', '2'), edit(`${HOME}/new/env`, 'A', '1')], testFormats, sys)
  return [notice, ...files, await treeOf(sys, MODULE, final), rights()]
}

test('each kind alone and all together: applied, shown, undone to the last bit', async () => {
  const all = await everything(await machine())
  for (const changes of [[all.at(-2)], [all.at(-1)], all].map((list) => list.filter((one) => one !== undefined))) {
    const sys = await machine()
    const before = outside(sys)
    const tools = toolsOf(sys)
    expect(viewPlan({ id: 'p', changes, findings: [] }, [], 'not-needed').changed).toBe(true)
    const result = await apply(tools, changes)
    expect(result.changed).toBe(true)
    if (changes.some(({ kind }) => kind === 'tree')) {
      expect(sys.text(`${MODULE}/go.mod`)).toBeNull()
      expect(kept(sys)).toContain(`${STATE}/kept/${result.run}/${changes.findIndex(({ kind }) => kind === 'tree')}`)
      expect(result.files).toContainEqual({ path: MODULE, action: 'delete' })
    }
    if (changes.some(({ kind }) => kind === 'rights')) {
      expect((await sys.lstat(TOOL))?.mode).toBe(0o755)
      expect(result.files).toContainEqual({ path: TOOL, action: 'modify' })
    }
    const undone = await undo(tools)
    expect(undone?.restored.toSorted()).toEqual(result.files.map(({ path }) => path).toSorted())
    expect(outside(sys)).toEqual(before)
    expect(kept(sys)).toEqual([])
  }
})

test('a tree that is moved keeps every mode, owner and time inside', async () => {
  const sys = await machine()
  const paths = [MODULE, `${MODULE}/go.mod`, `${MODULE}/sub`, `${MODULE}/sub/a.go`, `${MODULE}/sub/link`]
  const stats = () => Promise.all(paths.map((path) => sys.lstat(path)))
  const before = await stats()
  const tools = toolsOf(sys)
  await apply(tools, [await treeOf(sys)])
  expect(await stats()).toEqual(paths.map(() => null))
  await undo(tools)
  expect(await stats()).toEqual(before)
})

test('a run that fails later gives everything back, also what was to go for good', async () => {
  for (const final of [false, true]) {
    const sys = await machine()
    const before = outside(sys)
    const tools = toolsOf(sys)
    const bad = proof(() => Promise.reject(new Error('does not hold')))
    await expect(apply(tools, await everything(sys, final), [bad])).rejects.toThrow('does not hold')
    expect(outside(sys)).toEqual(before)
    expect(kept(sys)).toEqual([])
    expect(await undo(tools)).toBeNull()
  }
})

test('whichever write fails, in either order, everything comes back', async () => {
  for (const turned of [false, true])
    for (let failing = 0; ; failing++) {
      const sys = await machine()
      const before = outside(sys)
      const changes = await everything(sys)
      let count = 0
      sys.fault = () => {
        if (count++ === failing) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
      }
      const error: unknown = await apply(toolsOf(sys), turned ? changes.toReversed() : changes).then(
        () => null,
        (thrown: unknown) => thrown,
      )
      sys.fault = () => {}
      if (count <= failing) {
        expect(failing).toBeGreaterThan(20)
        break
      }
      // The lock is taken away without a word.
      if (error === null) continue
      expect(error).not.toHaveProperty('remaining', expect.arrayContaining([expect.anything()]))
      expect(outside(sys)).toEqual(before)
      expect(kept(sys)).toEqual([])
    }
})

/** Lets nothing be written from the nth write on. Answers whether it came so far. */
function dieAt(sys: MemorySystem, dying: number): () => boolean {
  let count = 0
  sys.fault = () => {
    if (count++ >= dying) throw new Error('killed')
  }
  return () => {
    sys.fault = () => {}
    return count > dying
  }
}

test('cut off at any write, the next start settles it and undo gives everything back', async () => {
  for (let dying = 0; ; dying++) {
    const sys = await machine()
    const before = outside(sys)
    const changes = await everything(sys)
    const died = dieAt(sys, dying)
    await apply(toolsOf(sys), changes).catch(() => {})
    if (!died()) {
      expect(dying).toBeGreaterThan(25)
      break
    }
    const service = forgetful()
    const tools = toolsOf(sys, service.handlers)
    await settleAll(tools)
    expect(sys.text(DAEMON)).toBe('x=1')
    // Wherever it is by now, it is as closed as it was.
    const roots = Object.entries(sys.tree()).filter(([path]) => path === MODULE || /\/kept\/[^/]+\/\d+$/.test(path))
    expect(roots.map(([, look]) => look)).toEqual(['dir 555 1000:1000'])
    await undo(tools)
    expect(outside(sys)).toEqual(before)
    expect(kept(sys)).toEqual([])
    expect(await settleAll(tools)).toEqual([])
  }
})

test('cut off at any write of the undo, it can be repeated', async () => {
  for (let dying = 0; ; dying++) {
    const sys = await machine()
    const before = outside(sys)
    const tools = toolsOf(sys)
    await apply(tools, await everything(sys))
    const died = dieAt(sys, dying)
    await undo(tools).catch(() => {})
    if (!died()) {
      expect(dying).toBeGreaterThan(12)
      break
    }
    await settleAll(tools)
    await undo(tools)
    expect(outside(sys)).toEqual(before)
    expect(kept(sys)).toEqual([])
  }
})

test('what goes for good is there until the run stands, and gone afterwards, wherever it is cut off', async () => {
  let stood = 0
  for (let dying = 0; ; dying++) {
    const sys = await machine()
    const before = outside(sys)
    const changes = [await treeOf(sys, MODULE, true), rights()]
    const died = dieAt(sys, dying)
    await apply(toolsOf(sys), changes).catch(() => {})
    if (!died()) break
    const tools = toolsOf(sys)
    await settleAll(tools)
    const [run] = (await readRuns(STATE, sys)).runs
    const result = await undo(tools)
    if (run?.end === 'applied') {
      stood++
      expect(result).toMatchObject({ restored: [TOOL], gone: [MODULE] })
      expect(sys.text(`${MODULE}/go.mod`)).toBeNull()
    } else expect(outside(sys)).toEqual(before)
    expect(kept(sys)).toEqual([])
  }
  // In between, in the middle of the deletion, and before it is written down.
  expect(stood).toBeGreaterThan(4)
})

test('what is gone for good is told by the history and by the undo', async () => {
  const sys = await machine()
  const tools = toolsOf(sys)
  const { run } = await apply(tools, [await treeOf(sys, MODULE, true)])
  expect(kept(sys)).toEqual([])
  const { runs } = await readRuns(STATE, sys)
  const view = await viewRun(run ?? '', runs, null, sys)
  expect(view.stands).toEqual([{ path: MODULE, state: 'gone' }])
  expect(view.changes).toEqual([{ kind: 'tree', path: MODULE, bytes: 812_000_000, final: true, admin: false }])
  expect(await undo(tools)).toMatchObject({ restored: [], gone: [MODULE] })
  expect(await undo(tools)).toBeNull()
})

test('something else at its place: asked with what each answer leaves, and nothing is lost', async () => {
  const again = async () => {
    const sys = await machine()
    const tools = toolsOf(sys)
    const { run } = await apply(tools, [await treeOf(sys)])
    sys.put(`${MODULE}/go.mod`, 'module new')
    return { sys, tools, run }
  }
  for (const policy of ['keep', 'ours'] as const) {
    const { sys, tools, run } = await again()
    expect(await undo(tools, policy)).toMatchObject({ restored: [], kept: [MODULE] })
    expect(sys.text(`${MODULE}/go.mod`)).toBe('module new')
    expect(sys.text(`${STATE}/kept/${run}/0/go.mod`)).toBe('module x')
    const [record] = (await readRuns(STATE, sys)).runs
    expect(record?.undone).toBe(true)
    await removeRuns(tools, false, false, () => Promise.resolve())
    expect(kept(sys)).toEqual([])
  }
  const { sys, tools, run } = await again()
  const question = {
    path: MODULE,
    leaves: [
      { choice: 'keep', result: 'same' },
      { choice: 'restore', result: 'other' },
    ],
  }
  const answer = undo(tools, 'ask', (three) => {
    expect(three).toMatchObject(question)
    expect(three.leaves[1]?.diff).toContain('+dir 1000:1000 0555')
    return Promise.resolve('restore')
  })
  expect(await answer).toMatchObject({ restored: [MODULE], kept: [] })
  expect(sys.text(`${MODULE}/go.mod`)).toBe('module x')
  expect((await sys.lstat(MODULE))?.mode).toBe(0o555)
  expect(sys.text(`${STATE}/kept/${run}/0-later1/go.mod`)).toBe('module new')
  await removeRuns(tools, false, false, () => Promise.resolve())
  expect(kept(sys)).toEqual([])
})

test('rights that somebody changed since: ours alone go back, or all', async () => {
  for (const [policy, mode, gid] of [
    ['keep', 0o755, 7],
    ['ours', 0o600, 7],
    ['restore', 0o600, 1000],
  ] as const) {
    const sys = await machine()
    const tools = toolsOf(sys)
    await apply(tools, [rights()])
    await sys.setRights(TOOL, { mode: 0o755, uid: 1000, gid: 7 })
    await undo(tools, policy)
    expect(await sys.lstat(TOOL)).toMatchObject({ mode, gid })
  }
})

test('what has become another thing since the plan is not touched', async () => {
  const sys = await machine()
  const tools = toolsOf(sys)
  const tree = await treeOf(sys)
  const moved = { ...tree, mtimeMs: tree.mtimeMs + 1 }
  const cases: readonly Change[] = [moved, { ...tree, path: `${HOME}/nothing` }, rights(0o755, TOOL, 0o644)]
  for (const change of cases) {
    const before = outside(sys)
    await expect(apply(tools, [change])).rejects.toMatchObject({ code: 'changed-since-plan' })
    expect(outside(sys)).toEqual(before)
    expect(kept(sys)).toEqual([])
  }
  sys.link(`${HOME}/link`, TOOL)
  await expect(apply(tools, [rights(0o755, `${HOME}/link`, 0o777)])).rejects.toMatchObject({ code: 'not-a-file' })
})

test('what only an administrator may do is refused before anything is touched', async () => {
  const sys = await machine()
  const changes = [await treeOf(sys), { ...rights(), admin: true }]
  await expect(apply(toolsOf(sys), changes)).rejects.toMatchObject({ code: 'needs-admin', values: { path: TOOL } })
  expect(sys.writes).toEqual([])
})

test('on another file system a tree waits beside its own place', async () => {
  for (let dying = 0; ; dying++) {
    const sys = await machine()
    sys.volumes.push(`${HOME}/go/pkg/mod`)
    const before = outside(sys)
    const tools = toolsOf(sys)
    const changes = [await treeOf(sys)]
    const died = dieAt(sys, dying)
    const result = await apply(tools, changes).catch(() => null)
    const killed = died()
    if (result) {
      const at = `${HOME}/go/pkg/mod/example.com/.x@v1.0.0.goready-${result.run}-0`
      expect(sys.text(`${at}/sub/a.go`)).toBe('package sub')
      expect((await sys.lstat(at))?.mode).toBe(0o555)
    }
    await settleAll(tools)
    await undo(tools)
    expect(outside(sys)).toEqual(before)
    expect(kept(sys)).toEqual([])
    if (!killed) break
  }
})

test('trees in trees go with the outer one, whatever order they come in', async () => {
  for (const turned of [false, true]) {
    const sys = await machine()
    const before = outside(sys)
    const tools = toolsOf(sys)
    const list = [await treeOf(sys, `${MODULE}/sub`), await treeOf(sys), await treeOf(sys)]
    await apply(tools, turned ? list.toReversed() : list)
    expect(sys.text(`${MODULE}/go.mod`)).toBeNull()
    await undo(tools)
    expect(outside(sys)).toEqual(before)
  }
})

test('a file that is written and gets other rights in one plan has both, and none of them after the undo', async () => {
  const sys = await machine()
  const before = outside(sys)
  const tools = toolsOf(sys)
  const files = await fold([edit(TOOL, 'b', '2')], testFormats, sys)
  await apply(tools, [...files, rights()])
  expect(sys.text(TOOL)).toBe('#!\nb=2')
  expect((await sys.lstat(TOOL))?.mode).toBe(0o755)
  expect((await undo(tools))?.kept).toEqual([])
  expect(outside(sys)).toEqual(before)
})

test('a later run in the same place has to go first', async () => {
  const sys = await machine()
  const before = outside(sys)
  const tools = toolsOf(sys)
  await apply(tools, await fold([edit(`${HOME}/go/pkg/mod/env`, 'A', '1')], testFormats, sys))
  await apply(tools, [await treeOf(sys, `${HOME}/go/pkg/mod`)])
  sys.put(`${HOME}/go/pkg/mod/again`, '')
  await apply(tools, [await treeOf(sys, `${HOME}/go/pkg/mod`)])
  const { runs } = await readRuns(STATE, sys)
  expect(runs.map((run) => blockedBy(run, runs)?.id ?? null)).toEqual([null, runs[0]?.id, runs[1]?.id])
  for (const policy of ['ask', 'restore', 'ask'] as const) await undo(tools, policy)
  expect(outside(sys)).toEqual(before)
})

test('so it has to where the helper has set the rights', async () => {
  const sys = await machine()
  const tools = toolsOf(sys)
  await apply(tools, [rights()])
  await apply(tools, await fold([edit(TOOL, 'b', '2')], testFormats, sys))
  const [later, own] = (await readRuns(STATE, sys)).runs
  if (later === undefined || own === undefined) throw new Error('two runs were expected')
  const helpers = { ...own, touched: new Set<number>(), elevated: new Set([0]) }
  expect(blockedBy(helpers, [later, helpers])).toBe(later)
  const back = { ...helpers, elevatedBack: true }
  expect(blockedBy(back, [later, back])).toBeNull()
})

test('a service forgets what its file has lost, and the file is the same byte for byte', async () => {
  const sys = await machine()
  const before = outside(sys)
  const service = forgetful()
  const tools = toolsOf(sys, service.handlers)
  const result = await apply(tools, [notice])
  expect(service.seen).toEqual(['x=1\nm='])
  expect(service.works()).toBe('')
  expect(outside(sys)).toEqual(before)
  expect(result).toMatchObject({ changed: true, files: [] })
  await apply(tools, [notice])
  expect(service.seen).toEqual(['x=1\nm=', 'x=1'])
  expect(await undo(tools)).toBeNull()
})

test('also where the service has no file at all', async () => {
  const sys = await machine()
  await sys.removeFile(DAEMON)
  const before = outside(sys)
  const service = forgetful()
  await apply(toolsOf(sys, service.handlers), [notice])
  expect(service.works()).toBe('')
  expect(outside(sys)).toEqual(before)
})

test('a service that refuses fails the run, and all else comes back', async () => {
  const sys = await machine()
  const before = outside(sys)
  const service = forgetful((text) => text?.includes('m=') === true)
  await expect(apply(toolsOf(sys, service.handlers), await everything(sys))).rejects.toThrow('refused')
  expect(outside(sys)).toEqual(before)
  expect(service.seen).toEqual(['x=1\nm=', 'x=1'])
})

test('bounds: trees go with their records, two runs in one still give back, nothing is left over', async () => {
  const sys = await machine()
  const before = outside(sys)
  const tools = toolsOf(sys)
  await apply(tools, [await treeOf(sys), rights()])
  sys.put(`${MODULE}/go.mod`, 'module second')
  await apply(tools, [await treeOf(sys), rights(0o700, TOOL, 0o755)])
  await apply(tools, [await treeOf(sys, `${HOME}/rc`)])
  const trees = () => kept(sys).filter((path) => /\/kept\/[^/]+\/[^/]+$/.test(path))
  const [third, , first] = (await readRuns(STATE, sys)).runs.map(({ id }) => id)
  await keepBounds(STATE, testFormats, sys, true, { bytes: 1e9, runs: 3 })
  // The tree between the two runs is nobody's any more; the first one and the file are kept.
  expect(trees().toSorted()).toEqual([first, third].map((id) => `${STATE}/kept/${id}/0`))
  for (let dying = 0; ; dying++) {
    const died = dieAt(sys, dying)
    const bounds = { bytes: 1e9, runs: 2 }
    await keepBounds(STATE, testFormats, sys, true, bounds).catch(() => {})
    if (!died()) break
  }
  const { runs } = await readRuns(STATE, sys)
  expect(runs.map(({ squashed }) => squashed?.count)).toEqual([2])
  expect(trees()).toHaveLength(2)
  expect((await undo(tools))?.restored.toSorted()).toEqual([MODULE, TOOL, `${HOME}/rc`].toSorted())
  expect(outside(sys)).toEqual(before)
  expect(kept(sys)).toEqual([])
})

test('the record of a run that was given back goes with what a conflict had left, also beside its own place', async () => {
  for (const way of ['bounds', 'remove'] as const) {
    const sys = await machine()
    sys.volumes.push(`${HOME}/go`)
    const tools = toolsOf(sys)
    await apply(tools, [await treeOf(sys)])
    sys.put(`${MODULE}/go.mod`, 'module new')
    await undo(tools, 'keep')
    expect(kept(sys)).not.toEqual([])
    if (way === 'bounds') await keepBounds(STATE, testFormats, sys, true, { bytes: 1e9, runs: 1 })
    else await removeRuns(tools, false, false, () => Promise.resolve())
    expect(kept(sys)).toEqual([])
    expect((await readRuns(STATE, sys)).runs).toEqual([])
  }
})

test('uninstalling gives back what stands and leaves nothing behind, also of a conflict', async () => {
  const sys = await machine()
  const before = outside(sys)
  const tools = toolsOf(sys)
  const places = linuxPlaces({ environment: { HOME }, uid: 1000, username: 'u' })
  expect(places.state).toBe(STATE)
  await apply(tools, [await treeOf(sys), rights()])
  sys.volumes.push(`${HOME}/bin`)
  await apply(tools, [await treeOf(sys, TOOL), await treeOf(sys, `${HOME}/rc`, true)])
  sys.put(TOOL, 'new')
  const how = { tools, report: () => {}, signal: never, ask: () => Promise.reject(new Error('asked')) }
  const { undone, kept: left } = await uninstall('keep', places, how, () => Promise.resolve())
  expect(undone.map(({ restored, gone }) => [restored, gone])).toEqual([
    [[], [`${HOME}/rc`]],
    [[MODULE], []],
  ])
  expect(left).toEqual([TOOL, TOOL])
  expect(kept(sys)).toEqual([])
  expect(Object.keys(sys.tree()).filter((path) => path.startsWith(`${HOME}/.local`))).toEqual([])
  expect(sys.text(TOOL)).toBe('new')
  expect(Object.keys(outside(sys))).toEqual(Object.keys(before).filter((path) => path !== `${HOME}/rc`))
})

test('what cannot be deleted is told, never given back by halves, and tried again', async () => {
  const sys = await machine()
  const tools = toolsOf(sys)
  let count = 0
  sys.fault = (operation) => {
    if (operation === 'removeTree' && count++ > 0) throw Object.assign(new Error('no'), { code: 'EPERM' })
  }
  const { findings } = await apply(tools, [await treeOf(sys, MODULE, true)])
  expect(findings).toMatchObject([{ id: 'tree.left', note: { values: { path: MODULE } } }])
  expect(await undo(tools)).toMatchObject({ restored: [], gone: [MODULE] })
  expect(kept(sys)).not.toEqual([])
  sys.fault = () => {}
  expect(await settleAll(tools)).toEqual([])
  expect(kept(sys)).toEqual([])
})

test('the history names them, and those of a run without any are as before', async () => {
  const sys = await machine()
  const tools = toolsOf(sys)
  await apply(tools, [await treeOf(sys), rights(), notice])
  const { runs } = await readRuns(STATE, sys)
  const [run] = runs
  if (!run) throw new Error('no run')
  expect(summarize(run, null).files).toEqual([
    { path: MODULE, action: 'delete' },
    { path: TOOL, action: 'modify' },
  ])
  const view = await viewRun(run.id, runs, null, sys)
  expect(view.stands).toEqual([
    { path: MODULE, state: 'ours' },
    { path: TOOL, state: 'ours' },
  ])
  expect(view.changes[1]).toMatchObject({ before: '1000:1000 0600', after: '1000:1000 0755' })
})

test('root believes a record of a user for his own things alone', async () => {
  const his = async (change: Change, prepare: (sys: MemorySystem) => void = () => {}) => {
    const sys = await machine()
    sys.folder('/etc', 0)
    prepare(sys)
    const begin = { id: 'r1', startedAt: '', pid: 1, changes: [change], choices: [] }
    await beginRun(STATE, begin, sys)
    Object.assign(sys, { identity: { uid: 0, gid: 0 } })
    return (await readRuns(STATE, sys)).runs.length
  }
  const sys = await machine()
  const tree = await treeOf(sys)
  expect(await his(tree)).toBe(1)
  expect(await his({ ...tree, path: '/etc/passwd' })).toBe(0)
  expect(await his(rights())).toBe(1)
  expect(await his({ ...rights(), after: { mode: 0o4755, uid: 1000, gid: 1000 } })).toBe(0)
  expect(await his({ ...rights(), before: { mode: 0o600, uid: 0, gid: 0 } })).toBe(0)
  expect(await his({ ...tree, path: `${HOME}/out/passwd` }, (one) => one.link(`${HOME}/out`, '/etc'))).toBe(0)
  expect(await his(notice, (one) => one.put(DAEMON, '', { uid: 0 }))).toBe(0)
})

test('a cancel between two of them gives back the first', async () => {
  const sys = await machine()
  const before = outside(sys)
  const stop = new AbortController()
  sys.fault = (operation) => (operation === 'rename' ? stop.abort() : undefined)
  const { runPlan } = await import('./run.ts')
  const plan = { id: 'p', changes: [await treeOf(sys), rights()], findings: [] }
  const work = runPlan({ plan, proposals: [], image: null }, toolsOf(sys), () => {}, stop.signal)
  await expect(work).rejects.toMatchObject({ name: 'AbortError' })
  expect(outside(sys)).toEqual(before)
  expect(never.aborted).toBe(false)
})
