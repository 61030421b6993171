import type { Change, HandlerId, NoticeChange, RightsChange, TreeChange } from '../contract/plan.ts'
import type { ConflictPolicy, UndoResult } from '../contract/run.ts'
import type { ThreeWay } from '../contract/task.ts'
import { MemorySystem } from '../system/memory.ts'
import { readRuns } from './journal.ts'
import { runPlan, settleInterrupted } from './run.ts'
import type { Handler, Proposal } from './setting.ts'
import { newestUndoable } from './standing.ts'
import { testFormats } from './test-format.ts'
import { undoRun } from './undo.ts'

/** For tests only: a module cache as Go makes it, a file with somebody else's mode, and a service's file. */

export const HOME = '/home/u'
export const STATE = `${HOME}/.local/state/goready`
export const MODULE = `${HOME}/go/pkg/mod/example.com/x@v1.0.0`
export const TOOL = `${HOME}/bin/tool`
export const DAEMON = '/etc/daemon'
export const never = new AbortController().signal

const start: Readonly<Record<string, string>> = {
  [`${MODULE}/go.mod`]: 'module x',
  [`${MODULE}/sub/a.go`]: 'package sub',
  [TOOL]: '#!',
  [`${HOME}/rc`]: 'x=1',
  [DAEMON]: 'x=1',
}

export async function machine(uid = 1000): Promise<MemorySystem> {
  const sys = new MemorySystem(start, uid)
  sys.link(`${MODULE}/sub/link`, 'a.go')
  const rights = (mode: number) => ({ mode, uid, gid: uid })
  for (const path of [`${MODULE}/go.mod`, `${MODULE}/sub/a.go`]) await sys.setRights(path, rights(0o444))
  for (const path of [`${MODULE}/sub`, MODULE]) await sys.setRights(path, rights(0o555))
  await sys.setRights(TOOL, rights(0o600))
  sys.writes.length = 0
  return sys
}

export async function treeOf(sys: MemorySystem, path = MODULE, final = false): Promise<TreeChange> {
  const mtimeMs = (await sys.lstat(path))?.mtimeMs ?? -1
  return { kind: 'tree', path, bytes: 812_000_000, mtimeMs, final, admin: false }
}

export const rights = (mode = 0o755, path = TOOL, from = 0o600): RightsChange => ({
  kind: 'rights',
  path,
  before: { mode: from, uid: 1000, gid: 1000 },
  after: { mode, uid: 1000, gid: 1000 },
  admin: false,
})

export const notice: NoticeChange = { kind: 'notice', path: DAEMON, handler: 'docker-reload', admin: false }

/** A service that goes on with `m=old` although its file has lost it, until it has seen an empty one. */
export function forgetful(refuse: (text: string | null) => boolean = () => false) {
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes))
  const seen: (string | null)[] = []
  let works = 'm=old'
  const handler: Handler = {
    id: 'docker-reload',
    shown: (_, bytes) =>
      Promise.resolve(works === '' ? bytes : new TextEncoder().encode(`${text(bytes) ?? ''}\n${works}`)),
    interim: (_, from) => Promise.resolve(text(from)?.includes('m=old') ? new TextEncoder().encode('x=1\nm=') : null),
    notice(_, __, bytes) {
      seen.push(text(bytes))
      if (refuse(text(bytes))) return Promise.reject(new Error('refused'))
      if (text(bytes)?.includes('m=')) works = ''
      return Promise.resolve()
    },
  }
  return { seen, handlers: new Map<HandlerId, Handler>([['docker-reload', handler]]), works: () => works }
}

export type Tools = Parameters<typeof runPlan>[1]

export const toolsOf = (sys: MemorySystem, handlers = forgetful().handlers): Tools => ({
  sys,
  handlers,
  state: STATE,
  pid: 1,
  formats: testFormats,
})

export const proof = (verify: () => Promise<never[]>): Proposal => ({
  id: 'go',
  edits: [],
  notes: [],
  registries: [],
  verify,
})

export const apply = (tools: Tools, changes: readonly Change[], proposals: readonly Proposal[] = []) =>
  runPlan({ plan: { id: 'p', changes, findings: [] }, proposals, image: null }, tools, () => {}, never)

/** Undoes the newest run; null: there is none. */
export async function undo(
  { sys, handlers }: Tools,
  policy: ConflictPolicy = 'ask',
  ask: (question: ThreeWay) => Promise<'keep' | 'restore' | 'ours'> = () => Promise.reject(new Error('asked')),
): Promise<UndoResult | null> {
  const { runs } = await readRuns(STATE, sys)
  const run = newestUndoable(runs, null)
  if (run === null) return null
  return undoRun(run, runs, policy, { sys, handlers, formats: testFormats, signal: never, reloading: () => {}, ask })
}

export const settleAll = (tools: Tools) => settleInterrupted(tools, never)

/** Everything but the program's own records. */
export const outside = (sys: MemorySystem): Record<string, string> =>
  Object.fromEntries(Object.entries(sys.tree()).filter(([path]) => !path.startsWith(`${HOME}/.local`)))

/** What the program keeps. */
export const kept = (sys: MemorySystem): readonly string[] =>
  Object.keys(sys.tree()).filter((path) => path.startsWith(`${STATE}/kept`) || path.includes('.goready-'))
