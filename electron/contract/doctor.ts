import { z } from 'zod'
import { noteSchema } from './note.ts'
import { planViewSchema } from './plan.ts'

/** What a check is about, and the first word of its codes: `go.env-bom`. */
export const CATEGORIES = ['network', 'certificate', 'docker', 'go', 'cache', 'files', 'packages'] as const
export const categorySchema = z.enum(CATEGORIES)
export type Category = z.infer<typeof categorySchema>

/** `info`: worth knowing; `warning`: it works with a remark; `error`: something does not work. */
export const severitySchema = z.enum(['info', 'warning', 'error'])
export type Severity = z.infer<typeof severitySchema>

/** One certificate of a chain as it was sent, the server's own first. Dates are ISO. */
export const certificateViewSchema = z.object({
  subject: z.string(),
  issuer: z.string(),
  from: z.string(),
  until: z.string(),
  names: z.array(z.string()),
  /** SHA-256, in pairs with colons. */
  fingerprint: z.string(),
  /** `RSA 2048`, `EC P-256`. */
  key: z.string(),
})
export type CertificateView = z.infer<typeof certificateViewSchema>

/** The way to an address, step by step; the first one that is broken is what the finding names. */
export const RUNGS = ['form', 'dns', 'tcp', 'proxy', 'tls', 'http', 'content'] as const
export const rungSchema = z.object({
  rung: z.enum(RUNGS),
  state: z.enum(['ok', 'broken', 'not-reached', 'skipped']),
  /** What was seen, raw and redacted: an address, a status, milliseconds. */
  detail: z.string(),
})
export type Rung = z.infer<typeof rungSchema>

/**
 * A way to make a finding go away, which is a plan like any other. `id` is the same at every look at the same
 * fault. `safe`: it changes only settings of our own making or plainly broken ones of this user, and undo gives all
 * of it back; only such are part of "repair all". `final`: what it removes cannot be given back.
 */
export const repairViewSchema = z.object({
  id: z.string(),
  note: noteSchema,
  safe: z.boolean(),
  final: z.boolean(),
  /** It is how Docker comes onto this machine, with a plan or a guide of its own. */
  dockerHelp: z.boolean(),
})
export type RepairView = z.infer<typeof repairViewSchema>

/** Characters of a finding's id: there may be a whole path in it. */
export const MAX_FINDING_ID = 8192

/**
 * What a check found. `code` is stable; the sentences are `doctor-CATEGORY:REST.what`, `.why` and `.todo` for
 * `CATEGORY.REST`, filled with `values`. `id` names this very finding (code and subject) for muting.
 */
export const foundSchema = z.object({
  id: z.string(),
  code: z.string(),
  category: categorySchema,
  severity: severitySchema,
  /** Whom it is about: a host, a path, a variable. */
  subject: z.string(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Raw facts behind it, redacted. */
  evidence: z.array(z.string()),
  ladder: z.array(rungSchema).optional(),
  chain: z.array(certificateViewSchema).optional(),
  repairs: z.array(repairViewSchema),
  muted: z.boolean(),
})
export type FoundView = z.infer<typeof foundSchema>

/** `absent`: it has nothing to do with this machine. `late`: its deadline passed. `failed`: it broke, which is a bug. */
export const checkStateSchema = z.enum(['ok', 'info', 'warning', 'error', 'absent', 'late', 'failed'])
export const checkViewSchema = z.object({
  id: z.string(),
  category: categorySchema,
  state: checkStateSchema,
  ms: z.number(),
  found: z.array(foundSchema),
  /** What was seen although nothing is wrong: sizes, versions, addresses. */
  facts: z.array(noteSchema),
  /** What could be done although nothing is wrong, e.g. emptying a cache. */
  offers: z.array(repairViewSchema),
})
export type CheckView = z.infer<typeof checkViewSchema>

/** A check before it has run. */
export const checkNameSchema = z.object({ id: z.string(), category: categorySchema })
export type CheckName = z.infer<typeof checkNameSchema>

/** `ready`: nothing; `remark`: it works, with warnings; `broken`: something does not work. Muted findings do not count. */
export const verdictSchema = z.enum(['ready', 'remark', 'broken'])
export type Verdict = z.infer<typeof verdictSchema>

/** All checks of one look at the machine, in their fixed order. */
export const checkUpSchema = z.object({
  verdict: verdictSchema,
  checks: z.array(checkViewSchema),
  /** What they found, the gravest first. */
  findings: z.array(foundSchema),
  ms: z.number(),
  at: z.string(),
})
export type CheckUp = z.infer<typeof checkUpSchema>

/** A plan that repairs findings, and what of what was asked for is not in it. */
export const repairPlanSchema = z.object({
  plan: planViewSchema,
  /** The repairs that are in it. */
  repairs: z.array(z.string()),
  /** Repairs that contradict one that is in it; they come afterwards. */
  later: z.array(z.string()),
})
export type RepairPlan = z.infer<typeof repairPlanSchema>
