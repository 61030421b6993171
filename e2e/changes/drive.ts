import type { Change, HandlerId, Rights, RightsChange, TreeChange } from '../../electron/contract/plan.ts'
import { readFile, writeFile } from 'node:fs/promises'
import { toAppError } from '../../electron/core/errors.ts'
import { readRuns } from '../../electron/core/journal.ts'
import { withLock } from '../../electron/core/lock.ts'
import { runPlan, type RunTools, settleInterrupted } from '../../electron/core/run.ts'
import type { Handler } from '../../electron/core/setting.ts'
import { newestUndoable } from '../../electron/core/standing.ts'
import { undoRun } from '../../electron/core/undo.ts'
import { realSystem } from '../../electron/system/real.ts'

/**
 * Applies and gives back a plan of trees, rights and a notice on real files, in a process that can be killed.
 * usage: drive.js apply|back HOME STATE [final]
 */

const [, , op = '', home = '', state = '', final = ''] = process.argv
const sys = realSystem()
const { signal } = new AbortController()

/** What the service works by stands in a file of its own. */
const service: Handler = {
  id: 'docker-reload',
  shown: async (_, bytes) => Buffer.concat([bytes ?? Buffer.of(), await readFile(`${home}/service`)]),
  interim: async (_, from) => (Buffer.from(from ?? '').includes('m=old') ? Buffer.from('m=\n') : null),
  notice: async (_, __, bytes) =>
    writeFile(`${home}/service`, Buffer.from(bytes ?? '').includes('m=') ? '' : 'm=old\n'),
}
const tools: RunTools = {
  sys,
  handlers: new Map<HandlerId, Handler>([['docker-reload', service]]),
  state,
  pid: process.pid,
}

async function tree(path: string): Promise<TreeChange> {
  const stat = await sys.lstat(path)
  const { size: bytes = 0, mtimeMs = 0 } = stat ?? {}
  return { kind: 'tree', path, bytes, mtimeMs, final: final === 'final', admin: false }
}

async function rights(path: string, to: Partial<Rights>): Promise<RightsChange> {
  const stat = await sys.lstat(path)
  const before = { mode: stat?.mode ?? 0, uid: stat?.uid ?? 0, gid: stat?.gid ?? 0 }
  return { kind: 'rights', path, before, after: { ...before, ...to }, admin: false }
}

async function apply(): Promise<unknown> {
  const owner = await sys.lstat(home)
  // A file of root's in somebody's home becomes his; nobody else could say so.
  const to = sys.identity.uid === 0 && owner ? { mode: 0o644, uid: owner.uid, gid: owner.gid } : { mode: 0o644 }
  const changes: readonly Change[] = [
    await tree(`${home}/go/pkg/mod/example.com/x@v1.0.0`),
    await rights(`${home}/go/env`, to),
    await tree(`${home}/go/pkg/mod/cache/x.zip`),
    { kind: 'notice', path: `${home}/daemon`, handler: 'docker-reload', admin: false },
  ]
  return runPlan({ plan: { id: 'p', changes, findings: [] }, proposals: [], image: null }, tools, () => {}, signal)
}

/** The next start, and an undo of all that stands. */
const back = (): Promise<unknown> => withLock(state, process.pid, sys, backLocked)

async function backLocked(): Promise<unknown> {
  await settleInterrupted(tools, signal)
  const ask = () => Promise.reject(new Error('asked, although nobody edited anything'))
  for (;;) {
    const { runs, damaged } = await readRuns(state, sys)
    if (damaged.length > 0) throw new Error(`damaged: ${damaged.join(' ')}`)
    const run = newestUndoable(runs, null)
    if (run === null) return {}
    await undoRun(run, runs, 'ask', { ...tools, formats: new Map(), signal, reloading: () => {}, ask })
  }
}

try {
  process.stdout.write(JSON.stringify(await (op === 'apply' ? apply() : back())))
} catch (error) {
  process.stdout.write(JSON.stringify({ error: toAppError(error) }))
  process.exitCode = 1
}
