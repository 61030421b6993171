import { z } from 'zod'
import type { Note } from '../contract/note.ts'
import { appErrorSchema, findingSchema, noteSchema } from '../contract/note.ts'
import type { Change, FileState } from '../contract/plan.ts'
import { envScopeSchema, envValueSchema, formatIdSchema, handlerIdSchema, settingIdSchema } from '../contract/plan.ts'
import { receiptSchema, type Why, whySchema } from '../contract/run.ts'
import { verificationSchema } from '../contract/image.ts'
import { fromBase64, toBase64 } from './bytes.ts'
import { CodedError, causeText, errno, writeError } from './errors.ts'
import { folderOf, under } from './paths.ts'
import type { Held } from './held.ts'
import { keptSchema } from './kept-place.ts'
import { replay, resolve, type Run, supersededOf } from './replay.ts'
import type { Reader, System } from './system.ts'
import { refuseForeignJournal, refuseForeignLink, staysWith } from './trust.ts'

const stateSchema = z
  .object({ bytes: z.string(), mode: z.number(), uid: z.number(), gid: z.number() })
  .transform((state): FileState => ({ ...state, bytes: fromBase64(state.bytes) }))
const rightsSchema = z.object({ mode: z.number().int(), uid: z.number().int(), gid: z.number().int() })
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
  z.object({
    kind: z.literal('tree'),
    path: z.string(),
    bytes: z.number(),
    mtimeMs: z.number(),
    final: z.boolean(),
    admin: z.boolean(),
  }),
  z.object({
    kind: z.literal('rights'),
    path: z.string(),
    before: rightsSchema,
    after: rightsSchema,
    admin: z.boolean(),
  }),
  z.object({ kind: z.literal('notice'), path: z.string(), handler: handlerIdSchema, admin: z.boolean() }),
  z.object({ kind: z.literal('package'), ...presence }),
  z.object({ kind: z.literal('service'), ...presence, boot: z.boolean() }),
  z.object({ kind: z.literal('group'), ...presence, user: systemName }),
])

/** Packages as dpkg names them, with an architecture where it is another one. */
const packageName = z.string().regex(/^[A-Za-z0-9][\w.+:-]{0,127}$/)

const heldSchema = z.union([stateSchema, envValueSchema]).nullable()
/** `handed`: a later run relies on it, and gives it back with its own. `gone`: nothing is left to give back. */
const outcomeSchema = z.enum(['restored', 'kept', 'merged', 'handed', 'gone'])
export type Outcome = z.output<typeof outcomeSchema>

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
    /** What led to the run. One that a newer program wrote may name what this one does not know. */
    why: whySchema.nullable().default(null).catch(null),
    /** Runs that were put together into this one; their own records may still lie there. */
    squashed: z.object({ ids: z.array(z.string()), count: z.number().int(), since: z.string() }).nullish(),
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
    /** Where a tree goes. */
    kept: keptSchema.nullish(),
    /** What stood in a file whose service gets `interim` for one reload; null: no file. */
    was: stateSchema.nullish(),
  }),
  z.object({ t: z.literal('done'), i: z.number().int() }),
  /** A tree is deleted for good. */
  z.object({ t: z.literal('dropped'), i: z.number().int() }),
  /** Where the image and the module came from. */
  z.object({
    t: z.literal('proved'),
    receipt: receiptSchema.nullable(),
    module: verificationSchema.shape.module,
  }),
  z.object({
    t: z.literal('end'),
    status: z.enum(['applied', 'failed', 'cancelled']),
    remaining: z.array(z.string()),
    /** Why it failed. */
    error: appErrorSchema.nullable().default(null).catch(null),
    findings: z.array(findingSchema).default([]),
  }),
  /** The helper with administrator rights is asked for these changes; its own record has this run's name. */
  z.object({ t: z.literal('elevated'), changes: z.array(z.number().int()) }),
  /** Its part is given back. */
  z.object({ t: z.literal('elevated-back') }),
  z.object({ t: z.literal('settled'), at: z.string() }),
  z.object({ t: z.literal('undo-begin'), at: z.string() }),
  z.object({
    t: z.literal('undo-intent'),
    i: z.number().int(),
    temporary: z.string().nullable(),
    interim: z.string().nullable().default(null),
    /** What it will be when it is back: the sign of `signOf`, and the word for `undo-done`. */
    to: z.string().nullish(),
    outcome: outcomeSchema.nullish(),
    /** Where a tree comes back from, and where what stands in its place goes. */
    kept: keptSchema.nullish(),
    aside: keptSchema.nullish(),
  }),
  z.object({ t: z.literal('undo-done'), i: z.number().int(), outcome: outcomeSchema }),
  z.object({ t: z.literal('undo-end'), at: z.string() }),
  /**
   * An earlier run is being undone, `by` with its change `of`: what this run's change `i` would have been without
   * it. It counts once that change is given back.
   */
  z.object({
    t: z.literal('rebase'),
    i: z.number().int(),
    before: heldSchema,
    after: heldSchema,
    by: z.string(),
    of: z.number().int(),
  }),
  /** An earlier run left something behind on which this one relies (a folder, a line): this one's undo takes it away. */
  z.object({ t: z.literal('inherit'), change: changeSchema, by: z.string(), of: z.number().int() }),
])
export type JournalRecord = z.output<typeof recordSchema>

export const runsFolder = (state: string): string => under(state, 'runs')

/**
 * Sortable by time, unique by chance: `20261122T143000123Z-3f9a1c`. `after`: the newest id there is; a clock that
 * was set back must not make the new run the older one.
 */
export function newRunId(now: Date = new Date(), after: string | null = null): string {
  const last = after === null ? Number.NaN : timeOf(after)
  const at = now.getTime() <= last ? new Date(last + 1) : now
  const random = crypto.getRandomValues(new Uint8Array(3))
  const tail = [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${at.toISOString().replace(/[-:.]/g, '')}-${tail}`
}

/** When an id was made, in milliseconds; NaN for what is no id of ours. */
function timeOf(id: string): number {
  const [, date = '', hours = '', minutes = '', seconds = '', ms = ''] =
    /^(\d{8})T(\d\d)(\d\d)(\d\d)(\d{3})Z-/.exec(id) ?? []
  return Date.parse(`${date.replace(/^(....)(..)/, '$1-$2-')}T${hours}:${minutes}:${seconds}.${ms}Z`)
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

export type Begin = {
  id: string
  startedAt: string
  pid: number
  changes: readonly Change[]
  choices: readonly Note[]
  why?: Why | null
}

/** Begins a run's journal: the whole plan with every content before and after is on disk before the first write. */
export async function beginRun(state: string, begin: Begin, sys: System): Promise<string> {
  const folder = runsFolder(state)
  const folderOwner = await makePrivateFolder(folder, sys)
  // What root changes beyond this user's own files only root gives back, and out of a record that is root's.
  const own = (await Promise.all(begin.changes.map((change) => staysWith(change, folderOwner.uid, sys)))).every(Boolean)
  const owner = own ? folderOwner : sys.identity
  const path = under(folder, `${begin.id}.jsonl`)
  const record = { t: 'begin', v: 1, ...begin, changes: begin.changes.map(encodeChange) }
  const created = await sys.createExclusive(path, `${JSON.stringify(record)}\n`, owner).catch((error: unknown) => {
    throw writeError(error, path)
  })
  if (!created) throw new CodedError('busy', { path })
  return path
}

const encodeState = (state: Held | null) =>
  state !== null && 'bytes' in state ? { ...state, bytes: toBase64(state.bytes) } : state

/** A change as its journal holds it. */
export function encodeChange(change: Change): unknown {
  return change.kind === 'file'
    ? { ...change, before: encodeState(change.before), after: encodeState(change.after) }
    : change
}

/** One record as its line; what a schema fills in by itself may be left out. */
export type Entry = Exclude<z.input<typeof recordSchema> | JournalRecord, { t: 'begin' | 'rebase' | 'inherit' }>

/** Appends one record, on disk when it returns. Throws those of `writeError`. */
export async function record(path: string, entry: Entry, sys: System): Promise<void> {
  await appendLine(path, entry, sys)
}

async function appendLine(path: string, entry: unknown, sys: System): Promise<void> {
  try {
    await sys.append(path, `${JSON.stringify(entry)}\n`)
  } catch (error) {
    throw writeError(error, path)
  }
}

/** Writes into a later run's journal what it would have been without the run `by`. */
export async function recordRebase(
  path: string,
  { before, after, ...entry }: { i: number; before: Held | null; after: Held | null; by: string; of: number },
  sys: System,
): Promise<void> {
  const line = { t: 'rebase', ...entry, before: encodeState(before), after: encodeState(after) }
  await appendLine(path, line, sys)
}

/** Hands a change of the run `by` over to a later run, by that one's journal. */
export async function recordInherit(path: string, change: Change, by: string, of: number, sys: System): Promise<void> {
  await appendLine(path, { t: 'inherit', change: encodeChange(change), by, of }, sys)
}

/**
 * Takes a last line away that was cut off in the middle: the next record would else be written behind it
 * and make one bad line of both.
 */
export async function mendJournal(path: string, sys: System): Promise<void> {
  const bytes = await sys.readFile(path)
  const end = soundLength(bytes)
  const stat = await sys.lstat(path)
  if (end === bytes.length || end === 0 || stat === null) return
  const { mode, uid, gid } = stat
  const temporary = `${path}.mended`
  if (await sys.lstat(temporary)) await sys.removeFile(temporary)
  await sys.replaceFile(path, bytes.slice(0, end), { mode, uid, gid, temporary })
}

const NEWLINE = 10

/**
 * How much of a journal was written to its end. After a power cut the last line may be a part of itself, or zeros
 * with its own end behind them (XFS, ext4 with data=writeback); JSON holds no zero byte.
 */
function soundLength(bytes: Uint8Array): number {
  const end = bytes.lastIndexOf(NEWLINE) + 1
  const last = bytes.lastIndexOf(NEWLINE, end - 2) + 1
  return end > 0 && bytes.subarray(last, end).includes(0) ? last : end
}

/** Reads one run. A last line that was cut off in the middle is ignored; any other bad line is `journal-damaged`. */
export async function readRun(path: string, sys: System): Promise<Run> {
  return parseRun(path, await sys.readFile(path))
}

function parseRun(path: string, bytes: Uint8Array): Run {
  const lines = new TextDecoder().decode(bytes.subarray(0, soundLength(bytes))).split('\n')
  const records: JournalRecord[] = []
  for (const [index, line] of lines.entries()) {
    if (line === '') continue
    try {
      records.push(recordSchema.parse(JSON.parse(line)))
    } catch (error) {
      throw new CodedError('journal-damaged', { path, line: index + 1 }, causeText(error).slice(0, 300))
    }
  }
  const [begin, ...rest] = records
  if (begin?.t !== 'begin') throw new CodedError('journal-damaged', { path, line: 1 })
  return replay(path, bytes.length, begin, rest)
}

/** A whole run, applied and standing, as the journal that tells it. */
export function encodeRun(run: Run): string {
  const { id, startedAt, pid, choices, why, squashed, proved, findings } = run
  const changes = run.changes.map(encodeChange)
  const entries: unknown[] = [{ t: 'begin', v: 1, id, startedAt, pid, changes, choices, why, squashed }]
  for (const i of run.touched) {
    const brought = run.brought.get(i) ?? null
    const intent = { t: 'intent', i, temporary: null, interim: null, brought }
    const kept = run.kept.get(i) ?? []
    entries.push(...(kept.length === 0 ? [intent] : kept.map((one) => ({ ...intent, kept: one }))), { t: 'done', i })
  }
  if (proved.receipt !== null || proved.module !== null) entries.push({ t: 'proved', ...proved })
  entries.push({ t: 'end', status: 'applied', remaining: [], error: null, findings })
  for (const i of run.dropped) entries.push({ t: 'dropped', i })
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')
}

/** `superseded`: records whose run another one holds as well. */
export type Records = {
  runs: readonly Run[]
  damaged: readonly string[]
  unbegun: readonly string[]
  superseded: readonly string[]
}

/**
 * All runs that can be read, newest first, and the paths of those that can't. `unbegun`: journals whose
 * first line never was finished; nothing had been touched by then.
 */
export async function readRuns(state: string, sys: Reader): Promise<Records> {
  const folder = runsFolder(state)
  if ((await sys.lstat(folder)) === null) return { runs: [], damaged: [], unbegun: [], superseded: [] }
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
      // What is no file at all is no record; the others are still good.
      if (!['EINVAL', 'EISDIR', 'EFBIG', 'ELOOP'].includes(errno(error) ?? '')) throw error
      damaged.push(path)
      continue
    }
    if (soundLength(bytes) === 0) {
      unbegun.push(path)
      continue
    }
    try {
      runs.push(parseRun(path, bytes))
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      damaged.push(path)
    }
  }
  const trusted: Run[] = []
  for (const run of resolve(runs))
    try {
      await refuseForeignJournal(run, sys)
      trusted.push(run)
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      damaged.push(run.path)
    }
  const superseded = supersededOf(runs).map((run) => run.path)
  return { runs: trusted, damaged, unbegun, superseded }
}
