import { z } from 'zod'
import type { Note } from '../contract/note.ts'
import { noteSchema } from '../contract/note.ts'
import type { Change, FileState } from '../contract/plan.ts'
import { envScopeSchema, envValueSchema, formatIdSchema, handlerIdSchema, settingIdSchema } from '../contract/plan.ts'
import { receiptSchema, type RunSummary } from '../contract/run.ts'
import { verificationSchema } from '../contract/image.ts'
import { fromBase64, toBase64 } from './bytes.ts'
import { CodedError, causeText, errno, writeError } from './errors.ts'
import { folderOf, under } from './paths.ts'
import type { Brought } from './presence.ts'
import type { Reader, System } from './system.ts'
import { belongsTo, refuseForeignJournal, refuseForeignLink } from './trust.ts'

const stateSchema = z
  .object({ bytes: z.string(), mode: z.number(), uid: z.number(), gid: z.number() })
  .transform((state): FileState => ({ ...state, bytes: fromBase64(state.bytes) }))
const valueSchema = z.json()
const fileTargetSchema = z.object({
  kind: z.literal('file'),
  path: z.string(),
  format: formatIdSchema,
  mode: z.number(),
  notify: z.array(handlerIdSchema),
})
const envTargetSchema = z.object({
  kind: z.literal('env'),
  path: z.string(),
  scope: envScopeSchema,
  name: z.string(),
  notify: z.array(handlerIdSchema),
})
const editSchema = z.object({
  target: z.discriminatedUnion('kind', [fileTargetSchema, envTargetSchema]),
  owner: settingIdSchema,
  key: z.string(),
  before: valueSchema,
  after: valueSchema,
  secret: z.literal(true).exactOptional(),
})
/** What may stand behind an administrator's command: no option, no path. */
const systemName = z.string().regex(/^[A-Za-z0-9_][\w.@+-]{0,127}$/)
const presence = {
  name: systemName,
  before: z.boolean(),
  after: z.boolean(),
  admin: z.literal(true),
  command: z.array(z.string()),
}
const changeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    real: z.string(),
    before: stateSchema.nullable(),
    after: stateSchema.nullable(),
    edits: z.array(editSchema),
    notify: z.array(handlerIdSchema),
    admin: z.boolean(),
  }),
  z.object({
    kind: z.literal('dir'),
    path: z.string(),
    mode: z.number(),
    uid: z.number(),
    gid: z.number(),
    admin: z.boolean(),
  }),
  z.object({
    kind: z.literal('env'),
    path: z.string(),
    scope: envScopeSchema,
    name: z.string(),
    before: envValueSchema.nullable(),
    after: envValueSchema.nullable(),
    edits: z.array(editSchema),
    notify: z.array(handlerIdSchema),
    admin: z.boolean(),
  }),
  z.object({
    kind: z.literal('image'),
    name: z.string(),
    before: z.boolean(),
    after: z.boolean(),
    size: z.number().nullable(),
  }),
  z.object({ kind: z.literal('package'), ...presence }),
  z.object({ kind: z.literal('service'), ...presence, boot: z.boolean() }),
  z.object({ kind: z.literal('group'), ...presence, user: systemName }),
])

/** Packages as dpkg names them, with an architecture where it is another one. */
const packageName = z.string().regex(/^[A-Za-z0-9][\w.+:-]{0,127}$/)

/** One line of a run's journal. `intent` is written before a file is touched, `done` after it was read back. */
const recordSchema = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('begin'),
    v: z.literal(1),
    id: z.string(),
    startedAt: z.string(),
    pid: z.number(),
    changes: z.array(changeSchema),
    choices: z.array(noteSchema),
  }),
  z.object({
    t: z.literal('intent'),
    i: z.number().int(),
    temporary: z.string().nullable(),
    interim: z.string().nullable(),
    /** What comes with a package. */
    brought: z
      .object({ names: z.array(packageName).readonly(), configured: z.array(packageName).readonly() })
      .nullish(),
  }),
  z.object({ t: z.literal('done'), i: z.number().int() }),
  /** Where the image and the module came from. */
  z.object({
    t: z.literal('proved'),
    receipt: receiptSchema.nullable(),
    module: verificationSchema.shape.module,
  }),
  z.object({ t: z.literal('end'), status: z.enum(['applied', 'failed', 'cancelled']), remaining: z.array(z.string()) }),
  z.object({ t: z.literal('settled'), at: z.string() }),
  z.object({ t: z.literal('undo-begin'), at: z.string() }),
  z.object({
    t: z.literal('undo-intent'),
    i: z.number().int(),
    temporary: z.string().nullable(),
    interim: z.string().nullable().default(null),
  }),
  z.object({ t: z.literal('undo-done'), i: z.number().int(), outcome: z.enum(['restored', 'kept', 'merged']) }),
  z.object({ t: z.literal('undo-end'), at: z.string() }),
])
export type JournalRecord = z.output<typeof recordSchema>

/** A run as its journal tells it. `touched`: indices of changes that were begun. */
export type Run = {
  id: string
  path: string
  startedAt: string
  pid: number
  changes: readonly Change[]
  choices: readonly Note[]
  proved: Pick<RunSummary, 'receipt' | 'module'>
  touched: ReadonlySet<number>
  /** What came with a package, by index. */
  brought: ReadonlyMap<number, Brought>
  /** What stood in a file for one reload only, by index. */
  interims: ReadonlyMap<number, readonly Uint8Array[]>
  /** Temporary files that a run which was cut off may have left. */
  temporaries: readonly string[]
  end: 'applied' | 'failed' | 'cancelled' | null
  /** What a rollback could not give back. */
  remaining: readonly string[]
  /** The run, or its undo, has begun and not come to its end (power, kill -9), and nobody has settled that. */
  cutOff: boolean
  /** An undo has begun and not come to its end. */
  undoing: boolean
  undone: boolean
}

export const runsFolder = (state: string): string => under(state, 'runs')

/** Sortable by time, unique by chance: `20261122T143000123Z-3f9a1c`. */
export function newRunId(now: Date = new Date()): string {
  const random = crypto.getRandomValues(new Uint8Array(3))
  const tail = [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${now.toISOString().replace(/[-:.]/g, '')}-${tail}`
}

/**
 * Makes a private folder and its missing parents, for root owned as the nearest folder that exists.
 * Throws those of `writeError`, `not-a-file`.
 */
export async function makePrivateFolder(path: string, sys: System): Promise<{ uid: number; gid: number }> {
  const stat = await sys.lstat(path)
  if (stat?.kind === 'dir') return { uid: stat.uid, gid: stat.gid }
  if (stat?.kind === 'link') {
    const real = await sys.resolve(path)
    await refuseForeignLink(path, real, sys)
    return makePrivateFolder(real, sys)
  }
  if (stat) throw new CodedError('not-a-file', { path })
  const owner = await makePrivateFolder(folderOf(path), sys)
  try {
    await sys.makeDir(path, 0o700, owner.uid, owner.gid)
  } catch (error) {
    throw writeError(error, path)
  }
  return owner
}

type Begin = { id: string; startedAt: string; pid: number; changes: readonly Change[]; choices: readonly Note[] }

/** Begins a run's journal: the whole plan with every content before and after is on disk before the first write. */
export async function beginRun(state: string, begin: Begin, sys: System): Promise<string> {
  const folder = runsFolder(state)
  const folderOwner = await makePrivateFolder(folder, sys)
  // What root changes beyond this user's own files only root gives back, and out of a record that is root's.
  const own = begin.changes.every((change) => belongsTo(change, folderOwner.uid))
  const owner = own ? folderOwner : sys.identity
  const path = under(folder, `${begin.id}.jsonl`)
  const record = { t: 'begin', v: 1, ...begin, changes: begin.changes.map(encodeChange) }
  const created = await sys.createExclusive(path, `${JSON.stringify(record)}\n`, owner).catch((error: unknown) => {
    throw writeError(error, path)
  })
  if (!created) throw new CodedError('busy', { path })
  return path
}

const encodeState = (state: FileState | null) => (state === null ? null : { ...state, bytes: toBase64(state.bytes) })

function encodeChange(change: Change): unknown {
  return change.kind === 'file'
    ? { ...change, before: encodeState(change.before), after: encodeState(change.after) }
    : change
}

/** Appends one record, on disk when it returns. */
export async function record(path: string, entry: Exclude<JournalRecord, { t: 'begin' }>, sys: System): Promise<void> {
  await sys.append(path, `${JSON.stringify(entry)}\n`)
}

/**
 * Takes a last line away that was cut off in the middle: the next record would else be written behind it
 * and make one bad line of both.
 */
export async function mendJournal(path: string, sys: System): Promise<void> {
  const bytes = await sys.readFile(path)
  const end = bytes.lastIndexOf(NEWLINE) + 1
  const stat = await sys.lstat(path)
  if (end === bytes.length || end === 0 || stat === null) return
  const { mode, uid, gid } = stat
  const temporary = `${path}.mended`
  if (await sys.lstat(temporary)) await sys.removeFile(temporary)
  await sys.replaceFile(path, bytes.slice(0, end), { mode, uid, gid, temporary })
}

const NEWLINE = 10

/** Reads one run. A last line that was cut off in the middle is ignored; any other bad line is `journal-damaged`. */
export async function readRun(path: string, sys: System): Promise<Run> {
  return parseRun(path, await sys.readFile(path))
}

function parseRun(path: string, bytes: Uint8Array): Run {
  const lines = new TextDecoder().decode(bytes).split('\n')
  const records: JournalRecord[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    try {
      records.push(recordSchema.parse(JSON.parse(line)))
    } catch (error) {
      if (index === lines.length - 1 && records.length > 0) break
      throw new CodedError('journal-damaged', { path, line: index + 1 }, causeText(error).slice(0, 300))
    }
  }
  const [begin, ...rest] = records
  if (begin?.t !== 'begin') throw new CodedError('journal-damaged', { path, line: 1 })
  return replay(path, begin, rest)
}

function replay(path: string, begin: Extract<JournalRecord, { t: 'begin' }>, records: readonly JournalRecord[]): Run {
  const touched = new Set<number>()
  const brought = new Map<number, Brought>()
  const interims = new Map<number, Uint8Array[]>()
  const temporaries: string[] = []
  let end: Run['end'] = null
  let remaining: readonly string[] = []
  let proved: Run['proved'] = { receipt: null, module: null }
  let cutOff = true
  let undoing = false
  let undone = false
  for (const entry of records) {
    if (entry.t === 'intent') touched.add(entry.i)
    if (entry.t === 'intent' && entry.brought) brought.set(entry.i, entry.brought)
    if (entry.t === 'intent' || entry.t === 'undo-intent') {
      if (entry.interim !== null) interims.set(entry.i, [...(interims.get(entry.i) ?? []), fromBase64(entry.interim)])
      if (entry.temporary !== null) temporaries.push(entry.temporary)
    }
    if (entry.t === 'proved') proved = { receipt: entry.receipt, module: entry.module }
    if (entry.t === 'end') {
      end = entry.status
      remaining = entry.remaining
    }
    if (entry.t === 'undo-begin') undoing = true
    if (entry.t === 'undo-end') undone = true
    if (entry.t === 'undo-begin') cutOff = true
    else if (entry.t === 'end' || entry.t === 'undo-end' || entry.t === 'settled') cutOff = false
  }
  const { id, startedAt, pid, changes, choices } = begin
  return {
    id,
    path,
    startedAt,
    pid,
    changes,
    choices,
    proved,
    touched,
    brought,
    interims,
    temporaries: [...new Set(temporaries)],
    end,
    remaining,
    cutOff,
    undoing: undoing && !undone,
    undone,
  }
}

/**
 * All runs that can be read, newest first, and the paths of those that can't. `unbegun`: journals whose
 * first line never was finished; nothing had been touched by then.
 */
export async function readRuns(
  state: string,
  sys: Reader,
): Promise<{ runs: readonly Run[]; damaged: readonly string[]; unbegun: readonly string[] }> {
  const folder = runsFolder(state)
  if ((await sys.lstat(folder)) === null) return { runs: [], damaged: [], unbegun: [] }
  const names = (await sys.list(folder))
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .reverse()
  const runs: Run[] = []
  const damaged: string[] = []
  const unbegun: string[] = []
  for (const name of names) {
    const path = under(folder, name)
    let bytes: Uint8Array
    try {
      bytes = await sys.readFile(path)
    } catch (error) {
      // A run of root's in this home.
      if (errno(error) === 'EACCES') continue
      throw error
    }
    if (!bytes.includes(NEWLINE)) {
      unbegun.push(path)
      continue
    }
    try {
      const run = parseRun(path, bytes)
      await refuseForeignJournal(run, sys)
      runs.push(run)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      damaged.push(path)
    }
  }
  return { runs, damaged, unbegun }
}
