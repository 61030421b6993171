import { z } from 'zod'
import { findingSchema, noteSchema } from './note.ts'

export const SETTING_IDS = ['go', 'docker', 'npm', 'pip', 'shell', 'authority', 'apt', 'credential'] as const
export const settingIdSchema = z.enum(SETTING_IDS)
export type SettingId = z.infer<typeof settingIdSchema>

/** What has to notice a changed file. Each handler runs once, after all files are written. */
export const HANDLER_IDS = [
  'docker-reload',
  'apt-update',
  'authorities-update',
  'environment-broadcast',
  'launch-agent',
] as const
export const handlerIdSchema = z.enum(HANDLER_IDS)
export type HandlerId = z.infer<typeof handlerIdSchema>

/** File formats that edits are folded through. Each is a pure editor in `settings/<id>/text.ts`. */
export const FORMAT_IDS = [
  'goenv',
  'daemon-json',
  'npmrc',
  'yarnrc-yml',
  'pip-conf',
  'env-sh',
  'env-fish',
  'env-csh',
  'env-ps1',
  'environment-d',
  'launch-agent',
  'launch-agent-all',
  'line',
  'fence',
  'whole',
  'apt-deb822',
  'apt-list',
  'netrc',
  'docker-config',
] as const
export const formatIdSchema = z.enum(FORMAT_IDS)
export type FormatId = z.infer<typeof formatIdSchema>

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value }

/** Where an edit goes. */
export type Target = FileTarget | EnvTarget

/** `mode` is used only when the file does not exist yet. */
export type FileTarget = {
  kind: 'file'
  path: string
  format: FormatId
  mode: number
  notify: readonly HandlerId[]
}

/** Whose environment: this account's, or the whole machine's. */
export const envScopeSchema = z.enum(['user', 'system'])
export type EnvScope = z.infer<typeof envScopeSchema>

/**
 * A variable that the system itself keeps (Windows' registry). An edit's key is the name, and sets the whole
 * value; or `path:ENTRY` (true, null), and sets one entry of a list such as PATH beside all others.
 * `path`: where a person finds it.
 */
export type EnvTarget = { kind: 'env'; path: string; scope: EnvScope; name: string; notify: readonly HandlerId[] }

/** The raw value of such a variable, nothing expanded. `REG_EXPAND_SZ`: the system replaces `%NAME%` in it. */
export const envValueSchema = z.object({
  type: z.enum(['REG_SZ', 'REG_EXPAND_SZ']),
  value: z.string(),
})
export type EnvValue = z.infer<typeof envValueSchema>

/**
 * What a setting returns: one key of one target, before and after. null = absent.
 * Several settings may edit one file; each owns its keys.
 */
export type Edit = {
  target: Target
  owner: SettingId
  key: string
  before: Value
  after: Value
  secret?: true
}

/** A file's content and rights. `mode` holds the permission bits only; `uid`/`gid` -1 where the system has none. */
export type FileState = { bytes: Uint8Array; mode: number; uid: number; gid: number }

/**
 * What core folds edits into, shows, journals and applies. null = absent.
 * `path` is the name that the user knows, `real` the file behind its symbolic links.
 */
export type Change =
  | {
      kind: 'file'
      path: string
      real: string
      before: FileState | null
      after: FileState | null
      edits: readonly Edit[]
      notify: readonly HandlerId[]
      admin: boolean
    }
  | { kind: 'dir'; path: string; mode: number; uid: number; gid: number; admin: boolean }
  | {
      kind: 'env'
      path: string
      scope: EnvScope
      name: string
      before: EnvValue | null
      after: EnvValue | null
      edits: readonly Edit[]
      notify: readonly HandlerId[]
      admin: boolean
    }
  /** `size`: bytes to download, where somebody knows. */
  | { kind: 'image'; name: string; before: boolean; after: boolean; size: number | null }
  | TreeChange
  | RightsChange
  | NoticeChange
  | PresenceChange

/**
 * A file or folder, with all below it, that leaves its place (a damaged module of a cache). It is moved to a place of
 * the run's own, and undo moves it back. `final`: once the run stands it is deleted for good, to make room.
 * `bytes`, `mtimeMs`: as it was seen; what has become another thing since is not touched.
 */
export type TreeChange = {
  kind: 'tree'
  path: string
  bytes: number
  mtimeMs: number
  final: boolean
  admin: boolean
}

export type Rights = { mode: number; uid: number; gid: number }
/** Who owns a file or folder, and what its permission bits are; what is below it is a change of its own. */
export type RightsChange = { kind: 'rights'; path: string; before: Rights; after: Rights; admin: boolean }

/** A service takes its file anew although nothing in that changes: it never noticed it, or kept what is gone. */
export type NoticeChange = { kind: 'notice'; path: string; handler: HandlerId; admin: boolean }

/**
 * What is there or is not. `command`: how a person would do it by hand; shown, never run.
 * `boot`: a service that also has to start by itself from now on.
 */
export type PresenceChange = {
  name: string
  before: boolean
  after: boolean
  admin: true
  command: readonly string[]
} & ({ kind: 'package' } | { kind: 'service'; boot: boolean } | { kind: 'group'; user: string })

/** A plan as main holds it. The bytes never leave the main process. */
export type Plan = {
  id: string
  changes: readonly Change[]
  findings: readonly z.infer<typeof findingSchema>[]
}

const keyChangeSchema = z.object({
  owner: settingIdSchema,
  key: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
})

/** A change as it is shown: text with secrets redacted, a unified diff, no bytes. */
export const changeViewSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    real: z.string().nullable(),
    action: z.enum(['create', 'modify', 'delete']),
    keys: z.array(keyChangeSchema),
    diff: z.string(),
    notify: z.array(handlerIdSchema),
    admin: z.boolean(),
  }),
  z.object({ kind: z.literal('dir'), path: z.string(), action: z.literal('create'), admin: z.boolean() }),
  /** `diff`: a list such as PATH has one entry a line. */
  z.object({
    kind: z.literal('env'),
    path: z.string(),
    scope: envScopeSchema,
    name: z.string(),
    action: z.enum(['create', 'modify', 'delete']),
    keys: z.array(keyChangeSchema),
    diff: z.string(),
    notify: z.array(handlerIdSchema),
    admin: z.boolean(),
  }),
  z.object({
    kind: z.literal('image'),
    name: z.string(),
    action: z.enum(['pull', 'keep']),
    size: z.number().nullable(),
  }),
  /** Moved away with all below it; `final`: for good. */
  z.object({ kind: z.literal('tree'), path: z.string(), bytes: z.number(), final: z.boolean(), admin: z.boolean() }),
  /** `before`, `after`: `owner:group mode`, as `ls -n` says it. */
  z.object({
    kind: z.literal('rights'),
    path: z.string(),
    before: z.string(),
    after: z.string(),
    admin: z.boolean(),
  }),
  z.object({ kind: z.literal('notice'), path: z.string(), handler: handlerIdSchema, admin: z.boolean() }),
])
export type ChangeView = z.infer<typeof changeViewSchema>

export const planViewSchema = z.object({
  id: z.string(),
  changed: z.boolean(),
  image: z.string().nullable(),
  changes: z.array(changeViewSchema),
  /** What `auto` was settled to, and why. */
  choices: z.array(noteSchema),
  findings: z.array(findingSchema),
  /**
   * What of it needs an administrator: nothing; something, and the system will ask for the password; something, and
   * nobody can be asked here.
   */
  rights: z.enum(['not-needed', 'password', 'missing']),
})
export type PlanView = z.infer<typeof planViewSchema>
