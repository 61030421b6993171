import { z } from 'zod'
import { checkUrl } from './grammar.ts'
import { noteSchema } from './note.ts'

/** What a mirror can serve. */
export const TARGET_IDS = ['go', 'docker', 'npm', 'apt', 'pip'] as const
export const targetSchema = z.enum(TARGET_IDS)
export type TargetId = z.infer<typeof targetSchema>

/** Why a mirror is out of the race. The closed list; `mirror:out.<reason>` is the sentence. */
export const OUT_REASONS = [
  /** The catalogue knows that it ended. */
  'dead',
  'dns',
  'refused-connection',
  'timeout',
  /** The certificate: expired, wrong name, unknown authority … */
  'certificate',
  'tls',
  /** Answered with something else: a portal, HTML with status 200. */
  'not-artefact',
  /** The bytes differ from what the checksum database, the integrity or the majority says. */
  'wrong-content',
  /** Older than the others by more than a day. */
  'stale',
  /** 403, or an allow-list that the artefact is not on. */
  'denied',
  'login',
  'rate-limited',
  'not-found',
  'server-error',
  'redirects',
  'cut',
  'proxy',
] as const
export const outReasonSchema = z.enum(OUT_REASONS)
export type OutReason = z.infer<typeof outReasonSchema>

const bilingual = z.object({ zh: z.string(), en: z.string() })

/** What a mirror is known to hold back. The closed list; `catalogue:limit.<key>` is the sentence. */
export const LIMIT_KEYS = [
  'login',
  'allow-list',
  /** `value`: requests a minute. */
  'rate-per-minute',
  /** Limited, and nobody says how far. */
  'rate',
  'campus-only',
  'cloud-only',
  'not-in-china',
  /** Does not pass on the checksum database; the tool asks it directly. */
  'no-sumdb',
  /** What it does not hold comes from another mirror. */
  'redirects',
] as const
export const limitKeySchema = z.enum(LIMIT_KEYS)
export type LimitKey = z.infer<typeof limitKeySchema>

/** A day, or only its month or year where no more is known. */
const dateSchema = z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)
/** Where a single piece of knowledge comes from, when it is not where the rest of its entry does. */
const known = { source: z.string().min(1).max(300).optional(), date: dateSchema.optional() }

export const limitSchema = z.strictObject({
  key: limitKeySchema,
  value: z.number().int().positive().optional(),
  ...known,
})
export type Limit = z.infer<typeof limitSchema>

/** How a mirror gets what is new: by the clock, or when somebody asks for it. */
export const syncSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('every'), minutes: z.number().int().positive(), ...known }),
  z.strictObject({ kind: z.literal('on-demand'), ...known }),
])
export type Sync = z.infer<typeof syncSchema>

/** The archives of a distribution, each under a path of its own on an apt mirror. */
export const APT_ARCHIVES = ['debian', 'debian-security', 'ubuntu', 'ubuntu-ports'] as const
export type AptArchive = (typeof APT_ARCHIVES)[number]

const words = z.strictObject({ zh: z.string().min(1).max(100), en: z.string().min(1).max(100) })

/** One mirror as a catalogue file describes it. null: not known. `limits` empty: known to have none. */
export const mirrorSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,63}$/),
    target: targetSchema,
    name: words,
    url: z.string().refine((text) => checkUrl(text) === null, 'bad-url'),
    /** apt: what to add to `url` for each archive that it holds. */
    paths: z.partialRecord(z.enum(APT_ARCHIVES), z.string().regex(/^(\/[\w.-]+)*$/)).optional(),
    operator: words.nullable().default(null),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/)
      .nullable()
      .default(null),
    protocols: z
      .array(z.enum(['https', 'http', 'rsync']))
      .min(1)
      .default(['https']),
    sync: syncSchema.nullable().default(null),
    limits: z.array(limitSchema).max(8).nullable().default(null),
    /** `upstream`: the tool's own default, always a candidate. `dead`: kept so that a machine still using it is told. */
    status: z.enum(['upstream', 'alive', 'dead']),
    /** Dead since. */
    since: dateSchema.nullable().default(null),
    source: z.string().min(1).max(300),
    date: dateSchema,
  })
  .refine(({ target, paths }) => (target === 'apt') === (paths !== undefined), { path: ['paths'], error: 'apt-paths' })

/** A mirror of the catalogue, or one that the person added. */
export const mirrorViewSchema = z.object({ ...mirrorSchema.shape, own: z.boolean().default(false) })
export type MirrorView = z.infer<typeof mirrorViewSchema>

/** What was measured of one candidate. Milliseconds; bytes; bytes a second. null: not measured. */
export const raceNumbersSchema = z.object({
  connectMs: z.number().nullable(),
  tlsMs: z.number().nullable(),
  firstByteMs: z.number().nullable(),
  /** After slow start. */
  rate: z.number().nullable(),
  bytes: z.number(),
  status: z.number().nullable(),
  /** The date that the mirror itself gives its content, ISO. */
  date: z.string().nullable(),
  /** Item to what this mirror says of it: a hash, a digest, a version. */
  hashes: z.record(z.string(), z.string()),
  /** The proxy on the way, without its password. */
  via: z.string().nullable(),
})
export type RaceNumbers = z.infer<typeof raceNumbersSchema>

export const raceEntrySchema = z.object({
  id: z.string(),
  url: z.string(),
  name: bilingual,
  /** The tool's own default. */
  official: z.boolean(),
  /** Added by the person. */
  own: z.boolean(),
  state: z.enum(['ranked', 'out']),
  reason: outReasonSchema.nullable(),
  /** The raw cause, for the details. */
  cause: z.string().nullable(),
  /** Words for a beginner: against the best of this race. */
  speed: z.enum(['fast', 'medium', 'slow']).nullable(),
  fresh: z.enum(['fresh', 'stale', 'unknown']),
  safe: z.enum(['safe', 'unsafe', 'unknown']),
  numbers: raceNumbersSchema,
})
export type RaceEntry = z.infer<typeof raceEntrySchema>

/** One thing about which mirrors disagree: what each says, and who is believed. */
export const raceConflictSchema = z.object({
  item: z.string(),
  says: z.array(z.object({ id: z.string(), url: z.string(), value: z.string(), wrong: z.boolean() })),
  verdict: noteSchema,
})
export type RaceConflict = z.infer<typeof raceConflictSchema>

/** What a race of one target may take at most: milliseconds, and bytes of everybody together. Said beforehand. */
export const RACE_LIMITS = { ms: 6000, bytes: 30_000_000 } as const

/** What a race says in the end. `entries`: the best first, those that are out last. */
export const raceResultSchema = z.object({
  target: targetSchema,
  /** ISO. */
  startedAt: z.string(),
  ms: z.number(),
  bytes: z.number(),
  limits: z.object({ ms: z.number(), bytes: z.number() }),
  /** What was fetched, in words that a tool would use: `golang:1.27`, `golang.org/x/text@v0.3.0`. */
  artefact: z.string(),
  entries: z.array(raceEntrySchema),
  /** The addresses to set, in order; empty = the tool's own default. */
  chosen: z.array(z.string()),
  why: noteSchema,
  conflicts: z.array(raceConflictSchema),
})
export type RaceResult = z.infer<typeof raceResultSchema>

/** How far a race is. Absolute, never a delta. `entries` keep the order in which the race got them. */
export const raceProgressSchema = z.object({
  target: targetSchema,
  phase: z.enum(['connect', 'check', 'groups', 'finals', 'done']),
  fraction: z.number().min(0).max(1),
  ms: z.number(),
  bytes: z.number(),
  entries: z.array(
    z.object({
      id: z.string(),
      state: z.enum(['waiting', 'measuring', 'measured', 'out']),
      /** 0..1 of the fastest so far; what a bar shows. */
      bar: z.number().min(0).max(1),
      reason: outReasonSchema.nullable(),
    }),
  ),
})
export type RaceProgress = z.infer<typeof raceProgressSchema>

/** A mirror that the person added. `id` empty: a new one. `name` empty: its host stands for it. */
export const ownMirrorSchema = z.object({
  id: z.string().max(64),
  target: targetSchema,
  name: z.string().max(100),
  url: z.string().max(2048),
})
export type OwnMirror = z.infer<typeof ownMirrorSchema>

/** How many own mirrors are kept. */
export const MAX_OWN = 64
