import { expect, test } from 'vitest'
import type { Change } from '../contract/plan.ts'
import { MemorySystem } from '../system/memory.ts'
import { beginRun, readRuns, record } from './journal.ts'
import { fold } from './plan.ts'
import { edit, testFormats } from './test-format.ts'

const HOME = '/home/u'
const STATE = `${HOME}/.local/state/goready`

/** Root's view of a machine with the home of user 1000. */
function asRoot(): MemorySystem {
  const sys = new MemorySystem({}, 0)
  sys.put('/etc/shadow', 'x=1', { uid: 0 })
  sys.put('/etc/docker/daemon.json', 'x=1', { uid: 0 })
  sys.put(`${HOME}/rc`, 'x=1', { uid: 1000 })
  sys.folder(HOME, 1000)
  return sys
}

const begin = async (sys: MemorySystem, changes: readonly Change[]) => {
  const path = await beginRun(STATE, { id: 'run1', startedAt: 'now', pid: 1, changes, choices: [] }, sys)
  return { path, uid: (await sys.lstat(path))?.uid }
}

test("root does not follow a user's link to a file that is not his", async () => {
  const sys = asRoot()
  sys.link(`${HOME}/.bashrc`, '/etc/shadow', 1000)
  sys.link(`${HOME}/.config`, '/etc', 1000)
  sys.link(`${HOME}/.profile`, `${HOME}/rc`, 1000)
  for (const path of [`${HOME}/.bashrc`, `${HOME}/.config/new/env`])
    await expect(fold([edit(path, 'a', '1')], testFormats, sys)).rejects.toMatchObject({ code: 'no-permission' })
  expect(await fold([edit(`${HOME}/.profile`, 'a', '1')], testFormats, sys)).toHaveLength(1)
  sys.link('/data', '/etc', 0)
  expect(await fold([edit('/data/shadow', 'a', '1')], testFormats, sys)).toHaveLength(1)
})

test("the record of a run in a user's own files is his, of one beyond them root's", async () => {
  const own = asRoot()
  expect((await begin(own, await fold([edit(`${HOME}/rc`, 'a', '1')], testFormats, own))).uid).toBe(1000)
  const beyond = asRoot()
  const edits = [edit(`${HOME}/rc`, 'a', '1'), edit('/etc/docker/daemon.json', 'a', '1')]
  expect((await begin(beyond, await fold(edits, testFormats, beyond))).uid).toBe(0)
  expect((await readRuns(STATE, beyond)).runs).toHaveLength(1)
})

test("a record that a user wrote leads root to that user's files alone", async () => {
  const state = (uid: number, mode = 0o644) => ({ bytes: new Uint8Array([1]), mode, uid, gid: uid })
  const file = (real: string, uid: number, mode?: number): Change => ({
    kind: 'file',
    path: real,
    real,
    before: state(uid, mode),
    after: null,
    edits: [],
    notify: [],
    admin: false,
  })
  const forged: [Change, string | null][] = [
    [file('/etc/shadow', 0), null],
    [file('/etc/shadow', 1000), null],
    [file(`${HOME}/rc`, 1000, 0o4755), null],
    [file(`${HOME}/rc`, 0), null],
    [file(`${HOME}/rc`, 1000), '/etc/shadow'],
  ]
  for (const [change, temporary] of forged) {
    const sys = asRoot()
    const { path } = await begin(sys, [change])
    sys.put(path, sys.text(path) ?? '', { uid: 1000 })
    await record(path, { t: 'intent', i: 0, temporary, interim: null }, sys)
    expect(await readRuns(STATE, sys)).toMatchObject({ runs: [], damaged: [path] })
  }
  const sys = asRoot()
  const { path } = await begin(sys, [file(`${HOME}/rc`, 1000)])
  await record(path, { t: 'intent', i: 0, temporary: `${HOME}/.rc.goready-run1`, interim: null }, sys)
  expect((await readRuns(STATE, sys)).runs).toHaveLength(1)
})
