import { z } from 'zod'
import { findingSchema, noteSchema } from './note.ts'
import { profileSchema } from './profile.ts'

/** The seven pages, in their order. */
export const PAGES = ['check-up', 'go-version', 'sources', 'environment', 'review', 'run', 'done'] as const
export const pageSchema = z.enum(PAGES)
export type Page = z.infer<typeof pageSchema>

/**
 * `known`: by a key that the administrator of this computer named, `by` says whose; `unknown`: by another one, `by`
 * is its id; `none`: it has no signature.
 */
export const profileSignatureSchema = z.object({
  state: z.enum(['none', 'unknown', 'known']),
  by: z.string().max(200).nullable(),
})
export type ProfileSignature = z.infer<typeof profileSignatureSchema>

/**
 * What survives a closed, reloaded or killed window: where the person was and what was chosen.
 * The choices are a profile, so the wizard, a file and the command line mean the same by them.
 */
export const draftSchema = z.object({
  page: pageSchema,
  profile: profileSchema,
  /** The file that was opened, whose `locked` fields stay closed. */
  opened: z
    .object({
      name: z.string().max(255),
      locked: z.array(z.string()),
      remark: z.string().nullable(),
      signature: profileSignatureSchema.optional(),
    })
    .nullable(),
  /** The task that the run page shows. */
  taskId: z.string().max(64).nullable(),
  /** The run that the last page talks of. */
  runId: z.string().max(64).nullable(),
})
export type Draft = z.infer<typeof draftSchema>

/** The window's own settings; they live beside the records of runs. */
export const preferencesSchema = z.object({
  language: z.enum(['auto', 'zh-CN', 'en']),
  theme: z.enum(['auto', 'light', 'dark']),
  /** Another catalogue file; it counts from the next start. */
  catalogue: z.string().max(4096).nullable(),
  /** Where a renewed catalogue comes from. Nothing is asked but by the person's own wish. */
  catalogueUrl: z.string().max(2048).nullable().default(null),
})
export type Preferences = z.infer<typeof preferencesSchema>

export const appInfoSchema = z.object({
  version: z.string(),
  electron: z.string(),
  chrome: z.string(),
  node: z.string(),
  platform: z.string(),
  /** Where the records of runs, the draft and the preferences live. */
  state: z.string(),
  catalogueDate: z.string(),
  licences: z.array(z.object({ name: z.string(), version: z.string(), licence: z.string() })),
  /** Started as root: whose files would change, and who stands behind sudo. null: an ordinary user. */
  root: z
    .object({
      home: z.string(),
      behindSudo: z.string().nullable(),
      /** That account's home, where the wizard can be opened for it instead. */
      offer: z.string().nullable(),
    })
    .nullable(),
  /** What `--lang` said. */
  language: z.enum(['zh-CN', 'en']).nullable(),
})
export type AppInfo = z.infer<typeof appInfoSchema>

export const openedProfileSchema = z.object({
  name: z.string(),
  profile: profileSchema,
  locked: z.array(z.string()),
  remark: z.string().nullable(),
  signature: profileSignatureSchema.optional(),
})
export type OpenedProfile = z.infer<typeof openedProfileSchema>

export const adviceSchema = z.object({
  go: z.string().nullable(),
  toolchain: z.string().nullable(),
  /** The tag to take, without `golang:`. */
  tag: z.string().nullable(),
  findings: z.array(findingSchema),
})

export const probeResultSchema = z.object({
  url: z.string(),
  ok: z.boolean(),
  ms: z.number(),
  cause: z.string().nullable(),
})
export type ProbeResult = z.infer<typeof probeResultSchema>

/**
 * How Docker comes onto this machine. `plan`: steps that main can carry out as a plan of its own;
 * `guide`: a download and what to do with it. Commands are shown either way, to copy.
 */
export const dockerHelpSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('nothing') }),
  z.object({
    kind: z.literal('plan'),
    planId: z.string(),
    steps: z.array(noteSchema),
    commands: z.array(z.string()),
    /** Whether main can carry it out itself (root, or a way to administrator rights without a terminal). */
    possible: z.boolean(),
    /** A new login is needed before it counts. */
    relogin: z.boolean(),
  }),
  z.object({ kind: z.literal('guide'), url: z.string(), steps: z.array(noteSchema), reboot: z.boolean() }),
])
export type DockerHelp = z.infer<typeof dockerHelpSchema>

export const programResultSchema = z.object({ folder: z.string(), output: z.string() })
