import { z } from 'zod'
import { imageFactsSchema, verificationSchema } from './image.ts'
import { appErrorSchema, findingSchema, noteSchema } from './note.ts'
import { changeViewSchema, planViewSchema } from './plan.ts'

/** Where an image came from and how it was checked. */
export const receiptSchema = z.object({
  reference: z.string(),
  digest: z.string().nullable(),
  /** The mirrors that the engine was set to ask, in order; the official registry is always last. */
  mirrors: z.array(z.string()),
  pulled: z.boolean(),
  /**
   * Who served it. `direct`: the engine was told to ask this one alone; `mirrors`: the first of the engine's
   * mirrors that serves this very digest. null: it was there already, or nobody could be asked.
   */
  served: z
    .object({ how: z.enum(['direct', 'mirrors', 'official']), endpoint: z.string(), proved: z.boolean() })
    .nullable()
    .default(null),
  /** Another source that was asked what the tag is. */
  second: z.object({ source: z.string(), digest: z.string(), agrees: z.boolean() }).nullable(),
})
export type Receipt = z.infer<typeof receiptSchema>

/** What `apply` answers. */
export const applyResultSchema = z.object({
  run: z.string().nullable(),
  changed: z.boolean(),
  files: z.array(z.object({ path: z.string(), action: z.enum(['create', 'modify', 'delete']) })),
  choices: z.array(noteSchema),
  image: imageFactsSchema.nullable(),
  receipt: receiptSchema.nullable(),
  verification: verificationSchema.nullable(),
  findings: z.array(findingSchema),
})
export type ApplyResult = z.infer<typeof applyResultSchema>

/** Whom `apply`, `plan` and `undo` work for: one account, every ordinary account of the machine, homes to come. */
export const forWhomSchema = z.enum(['user', 'all', 'skel'])
export type ForWhom = z.infer<typeof forWhomSchema>

/**
 * One account's part of `apply --for all`. `error`: why nothing of its own was changed; `run`: the run in the
 * account's own history, which its own `undo` gives back.
 */
export const accountResultSchema = z.object({
  user: z.string(),
  uid: z.number().int(),
  home: z.string(),
  changed: z.boolean(),
  run: z.string().nullable(),
  files: applyResultSchema.shape.files,
  findings: z.array(findingSchema),
  error: appErrorSchema.extend({ message: z.string() }).nullable(),
})
export type AccountResult = z.infer<typeof accountResultSchema>

/**
 * The document behind `result` in the last line of `apply --json`, `{"type":"done","result":{…}}`, whoever it was for.
 * A failure of all of it is `{"type":"error","error":{…}}` instead, status 1. For one user there are no `accounts`,
 * no `system`. With `--for all` one of `accounts` may have failed: the line is there, with status 1.
 */
export const unattendedResultSchema = applyResultSchema.extend({
  for: forWhomSchema.default('user'),
  /** `files` and `findings` hold the machine's part and each account's. */
  accounts: z.array(accountResultSchema).default([]),
  /** The machine's own part; null where the profile has none, or where it was not asked for. */
  system: applyResultSchema.nullable().default(null),
})
export type UnattendedResult = z.infer<typeof unattendedResultSchema>

/**
 * What `plan --for all|skel --json` answers in one line, with status 3 where something would change. `changes` holds
 * the machine's and then each account's; each file's `diff` is a unified one, secrets redacted.
 */
export const unattendedPlanSchema = planViewSchema.omit({ id: true }).extend({
  for: forWhomSchema,
  accounts: z.array(
    z.object({
      user: z.string(),
      uid: z.number().int(),
      home: z.string(),
      changed: z.boolean(),
      error: accountResultSchema.shape.error,
    }),
  ),
})
export type UnattendedPlan = z.infer<typeof unattendedPlanSchema>

export const conflictPolicySchema = z.enum(['ask', 'keep', 'restore', 'ours'])
export type ConflictPolicy = z.infer<typeof conflictPolicySchema>

/**
 * What `undo` answers. `kept`: edited since, and left as they are. `handed`: a later run still needs it, and gives
 * it back with its own.
 */
export const undoResultSchema = z.object({
  run: z.string().nullable(),
  restored: z.array(z.string()),
  kept: z.array(z.string()),
  handed: z.array(z.string()).default([]),
  /** Deleted for good by the run, or by somebody since. */
  gone: z.array(z.string()).default([]),
  removedFolders: z.array(z.string()),
  removedImages: z.array(z.string()),
})
export type UndoResult = z.infer<typeof undoResultSchema>

/**
 * What `undo --for all|skel` answers. `system`: the machine's part, or the skeleton; null where nothing of it stood.
 * `run`: that part's; an account's stands beside it.
 */
export const undoAllResultSchema = z.object({
  for: forWhomSchema,
  changed: z.boolean(),
  run: z.string().nullable(),
  accounts: z.array(accountResultSchema.omit({ files: true, findings: true })),
  system: undoResultSchema.nullable(),
})
export type UndoAllResult = z.infer<typeof undoAllResultSchema>

/**
 * What leads to a run. `repair`: a finding's own repair; `blocker`: something that hides a value was taken away;
 * `all`, `skel`: a profile that an administrator applied for all accounts, for homes to come.
 */
export const WHYS = ['wizard', 'profile', 'docker', 'credential', 'blocker', 'repair', 'all', 'skel'] as const
/** `name`: the profile's, the address a password is for, the variable that was hidden. */
export const whySchema = z.object({ by: z.enum(WHYS), name: z.string().nullable() })
export type Why = z.infer<typeof whySchema>

/** applied; failed and given back; cancelled and given back; stopped in the middle (power, kill -9); undone. */
export const runStatusSchema = z.enum(['running', 'applied', 'failed', 'cancelled', 'interrupted', 'undone', 'damaged'])
export const runSummarySchema = z.object({
  id: z.string(),
  startedAt: z.string(),
  status: runStatusSchema,
  changed: z.boolean(),
  files: z.array(z.object({ path: z.string(), action: z.enum(['create', 'modify', 'delete']) })),
  image: z.string().nullable(),
  choices: z.array(noteSchema),
  /** What led to it; null: an older program did not say. */
  why: whySchema.nullable().default(null),
  /** How many older runs were put together into this one, and since when; null: none. */
  squashed: z.object({ count: z.number(), since: z.string() }).nullable().default(null),
  /** Where the image and the module came from; null where the run fetched nothing. */
  receipt: receiptSchema.nullable(),
  module: verificationSchema.shape.module,
})
export type RunSummary = z.infer<typeof runSummarySchema>
export type RunStatus = z.infer<typeof runStatusSchema>

/**
 * How a file or variable of a run stands now. `ours`: as the run left it; `later`: a later run changed it again;
 * `edited`: neither; `back`: given back; `kept`: the undo left it as it was edited; `handed`: a later run needs it;
 * `gone`: deleted for good.
 */
export const standingSchema = z.enum(['ours', 'later', 'edited', 'back', 'kept', 'handed', 'gone', 'unreadable'])
export type Standing = z.infer<typeof standingSchema>

/** One run in full, as `history --run` and the page of history show it. Secrets are redacted. */
export const runViewSchema = z.object({
  run: runSummarySchema,
  changes: z.array(changeViewSchema),
  stands: z.array(z.object({ path: z.string(), state: standingSchema })),
  /** Packages, services and groups that the run brought. */
  brought: z.array(noteSchema),
  /** Whether an undo has anything to give back. */
  undoable: z.boolean(),
  /** The later run that has to be undone first, because it changed the same things. */
  later: z.object({ id: z.string(), startedAt: z.string() }).nullable(),
  /** Why it failed. */
  error: appErrorSchema.nullable(),
  findings: z.array(findingSchema),
})
export type RunView = z.infer<typeof runViewSchema>

/** What `uninstall` answers: what was given back, what stays and why. */
export const uninstallResultSchema = z.object({
  undone: z.array(undoResultSchema),
  /** Files left as they were edited, as the person chose. */
  kept: z.array(z.string()),
  /** Folders of the program's own that are gone. */
  removed: z.array(z.string()),
  /** Images that were pulled and stay. */
  images: z.array(z.string()),
})
export type UninstallResult = z.infer<typeof uninstallResultSchema>
