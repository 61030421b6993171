import { z } from 'zod'
import { checkGoProxy, checkUrl } from '../contract/grammar.ts'
import type { Change, Rights } from '../contract/plan.ts'
import { handlerIdSchema, settingIdSchema } from '../contract/plan.ts'
import { profileSchema } from '../contract/profile.ts'
import { type ConflictPolicy, conflictPolicySchema, type UndoResult } from '../contract/run.ts'
import { type TaskReport, taskReportSchema, type ThreeWay, threeWaySchema } from '../contract/task.ts'
import { appErrorSchema } from '../contract/note.ts'
import { undoResultSchema } from '../contract/run.ts'
import { signOf } from './sign.ts'
import type { Reader } from './system.ts'

/**
 * What an ordinary process and its helper with administrator rights say to each other: one JSON document a line.
 * The helper takes choices, never bytes; it plans again itself and compares with what a person was shown.
 *
 *     helper: ready
 *     client: apply | undo          helper: step …, ask (undo alone; the client answers), done | failed
 *     client: keep | give back      helper: kept | returned
 *     client: forget                helper: done, or returned with what still stands
 *
 * A closed channel, and any other line, is `give back`: one password is enough for a run and its rollback, and a
 * client that was killed leaves nothing behind.
 */

/** Repairs of one request. */
export const MOST_REPAIRS = 8
/** Characters of a line. Texts of authorities are the largest part. */
export const MAX_LINE = 4 * 1024 * 1024
/** What a path, a name or a text that a person reads never holds. */
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}]*$/u)
const sign = z.string().regex(/^([0-9a-f]{64}|absent)$/)

/** A run of a user's; the helper's own record has the same name. */
export const runIdSchema = z.string().regex(/^\d{8}T\d{9}Z-[0-9a-f]{6}$/)

const whole = (max: number) => z.number().int().min(0).max(max)
/** In this order: they are compared as texts. */
const rights = z.strictObject({ mode: whole(0o7777), uid: whole(0xffffffff), gid: whole(0xffffffff) })

/** A change as the person was shown it: where, and what stands there before and after as `signOf` says it. */
export const shownSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('file'), path: line(4096), before: sign, after: sign }),
  z.strictObject({ kind: z.literal('dir'), path: line(4096) }),
  z.strictObject({ kind: z.literal('env'), path: line(512), before: sign, after: sign }),
  z.strictObject({ kind: z.literal('package'), name: line(128) }),
  z.strictObject({ kind: z.literal('service'), name: line(128) }),
  z.strictObject({ kind: z.literal('group'), name: line(128), user: line(128) }),
  z.strictObject({ kind: z.literal('rights'), path: line(4096), before: rights, after: rights }),
  z.strictObject({ kind: z.literal('notice'), path: line(4096), handler: handlerIdSchema }),
])
export type Shown = z.infer<typeof shownSchema>

const checked = (check: (text: string) => string | null) => z.string().refine((text) => check(text) === null)

/** What the changes come from. Everything that had to be measured or read is settled. */
export const choicesSchema = z.strictObject({
  /** null: no profile, packages and the like alone. The files that it names are keys of `texts`. */
  profile: profileSchema.nullable(),
  /** The settings whose edits were shown. */
  owners: z.array(settingIdSchema).max(8),
  /** What `auto` became. */
  settled: z.strictObject({
    go: z.array(checked(checkGoProxy)).max(32).optional(),
    docker: z.array(checked(checkUrl)).max(32).optional(),
    apt: z.array(checked(checkUrl)).max(32).optional(),
  }),
  /** PEM, by the name that stands in the profile in a file's place. */
  texts: z.record(z.string().regex(/^\/dev\/null\/\d{1,3}$/), z.string().max(256 * 1024)),
  /** Repairs of the check-up by their ids, in their order; the helper looks at the machine itself. */
  repairs: z
    .array(
      z
        .string()
        .max(120)
        .regex(/^[a-z]+\.[a-z0-9-]+-[0-9a-f]{8}(-\d+)?$/),
    )
    .max(MOST_REPAIRS)
    .optional(),
})
export type Choices = z.infer<typeof choicesSchema>

export const requestSchema = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('apply'),
    run: runIdSchema,
    choices: choicesSchema,
    /** A cache whose owner is mended has the most of them. */
    shown: z.array(shownSchema).min(1).max(2500),
  }),
  z.strictObject({ op: z.literal('undo'), run: runIdSchema, policy: conflictPolicySchema }),
  /** Removes the helper's records, where nothing is left to give back. `undo`: gives all back first. Root's alone. */
  z.strictObject({ op: z.literal('forget'), undo: z.boolean() }),
])
export type ElevatedRequest = z.infer<typeof requestSchema>
export type ApplyRequest = Extract<ElevatedRequest, { op: 'apply' }>

/** What the client says behind its request. */
export const decisionSchema = z.discriminatedUnion('say', [
  z.strictObject({ say: z.literal('keep') }),
  z.strictObject({ say: z.literal('give back') }),
  z.strictObject({ say: z.literal('answer'), answer: z.enum(['keep', 'restore', 'ours']) }),
])
export type Decision = z.infer<typeof decisionSchema>

export const replySchema = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('ready') }),
  z.strictObject({ t: z.literal('report'), report: taskReportSchema }),
  z.strictObject({ t: z.literal('ask'), question: threeWaySchema }),
  /** `undo`: null for an apply, and where there was nothing left to give back. */
  z.strictObject({ t: z.literal('done'), undo: undoResultSchema.nullable() }),
  z.strictObject({ t: z.literal('kept') }),
  z.strictObject({ t: z.literal('returned'), remaining: z.array(z.string()) }),
  z.strictObject({ t: z.literal('failed'), error: appErrorSchema }),
])
export type Reply = z.infer<typeof replySchema>

/** Two ends that send each other lines. */
export type LineChannel = {
  send(text: string): void
  /**
   * The next line without its end; null: the other end has closed. Throws `bad-request` for a line that is too long
   * or no UTF-8; nothing can be received after that.
   */
  receive(): Promise<string | null>
  close(): void
}

/** How a helper that was started has ended. */
export type HelperEnd = { code: number | null; stderr: string }
/** `cancelled`: the person said no. `refused`: no rights, a wrong password. `unavailable`: nobody could be asked. */
export type Refusal = 'cancelled' | 'refused' | 'unavailable'

type Argv = readonly [string, ...string[]]

/**
 * One way to start the helper with rights, as data. `stdio`: the child's own standard input and output are the
 * channel. `socket`: the way in between passes none on (UAC, macOS' prompt), so the helper gets an address that we
 * listen at and a secret that is good once.
 */
export type Way = {
  name: string
  env: Readonly<Record<string, string>>
  /** What an end before the first word means; null: the helper itself broke. */
  refusal(end: HelperEnd): Refusal | null
} & (
  | { channel: 'stdio'; argv(helper: Argv): Argv }
  | { channel: 'socket'; argv(helper: Argv, at: { address: string; secret: string }): Argv }
)

/** How this system gives rights to a program. Made by `platform/<os>/`. */
export type Elevator = {
  /**
   * The ways that could work here, best first, found without asking anybody. `terminal`: somebody sits at a terminal
   * of this process. Empty: there is none.
   */
  ways(sys: Reader, terminal: boolean): Promise<readonly Way[]>
}

/** Asked for each file that was edited since; as in `undoRun`. */
export type AskConflict = (question: ThreeWay) => Promise<'keep' | 'restore' | 'ours'>
type Report = (event: TaskReport) => void

/** A helper that runs and has its rights: what a run needs of it. */
export type Hand = {
  /** Throws what the helper has failed with; it has given back its part by then. */
  apply(request: Omit<ApplyRequest, 'op'>, report: Report, signal: AbortSignal): Promise<void>
  /** The helper's part stays. Throws `internal` where that is not certain. */
  keep(): Promise<void>
  /** Gives back what `apply` did; answers what could not be. */
  giveBack(): Promise<readonly string[]>
  /** Gives back the part of an earlier run; null: nothing was left of it. */
  undo(
    run: string,
    policy: ConflictPolicy,
    ask: AskConflict,
    report: Report,
    signal: AbortSignal,
  ): Promise<UndoResult | null>
  close(): void
}

export type Elevation = {
  /** Whether somebody could be asked here; nobody is. */
  possible(): Promise<boolean>
  /** Whether a helper keeps records on this machine; without them no run has a part of its left to give back. */
  keepsRecords(): Promise<boolean>
  /** The first of these changes that no helper may make; null: all may be made. `repair`: the check-up's, not a setting's. */
  refuses(changes: readonly Change[], repair?: boolean): string | null
  /**
   * Starts a helper; the person is asked for a password, for the sake of `path`. Nothing is touched yet.
   * Throws `needs-admin` {path}: there is no way; `admin-refused`, `cancelled`, `admin-helper`.
   */
  open(path: string, signal: AbortSignal): Promise<Hand>
}

/** Whether a change is the helper's. */
export const needsRights = (change: Change): boolean =>
  change.kind !== 'image' && change.admin && (!('before' in change) || change.before !== change.after)

/** What a person calls the thing that a change is about. */
export const subjectOf = (change: Change): string => ('path' in change ? change.path : change.name)

/** A change as it was shown; null for what no helper has to do with. */
export async function shownOf(change: Change): Promise<Shown | null> {
  switch (change.kind) {
    case 'image':
    // No helper plans one again; see `firstForbidden`.
    case 'tree':
      return null
    case 'rights':
      return { kind: 'rights', path: change.path, before: rightsIn(change.before), after: rightsIn(change.after) }
    case 'notice':
      return { kind: 'notice', path: change.path, handler: change.handler }
    case 'dir':
      return { kind: 'dir', path: change.path }
    case 'group':
      return { kind: 'group', name: change.name, user: change.user }
    case 'package':
    case 'service':
      return { kind: change.kind, name: change.name }
    case 'env': {
      const [before, after] = await Promise.all([signOf(change.before), signOf(change.after)])
      return { kind: 'env', path: change.path, before, after }
    }
    case 'file': {
      const [before, after] = await Promise.all([signOf(change.before), signOf(change.after)])
      return { kind: 'file', path: change.path, before, after }
    }
  }
}

const rightsIn = ({ mode, uid, gid }: Rights): Rights => ({ mode, uid, gid })
