import { z } from 'zod'
import { severitySchema, verdictSchema } from './doctor.ts'
import { appErrorSchema, noteSchema } from './note.ts'

/** A seat's name: of its file, its host in the inventory, its column on the map. */
export const seatNameSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
/** A host name or an address; nothing that a program could take for an option. */
const addressSchema = z.string().regex(/^[A-Za-z0-9[][A-Za-z0-9.:%[\]_-]{0,252}$/)

/** One machine of a room. */
export const seatSchema = z.strictObject({
  name: seatNameSchema,
  address: addressSchema,
  port: z.number().int().min(1).max(65_535).optional(),
  /** The account that logs in; without one ssh's own configuration decides. */
  user: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9._-]{0,63}$/)
    .optional(),
  system: z.enum(['linux', 'windows']),
})
export type Seat = z.infer<typeof seatSchema>

/** Seats in a room; a school has fewer in one list. */
export const MAX_SEATS = 500

/**
 * How a seat stands. `waiting`: nothing was heard of it in this run; `remark`: well with a remark; `failed`: it
 * answered, and something is wrong; `unreachable`: it did not answer; `held`: its wave was not begun, because too many
 * before it failed; `given-back`: what the run changed on it is as it was.
 */
export const SEAT_STATES = [
  'waiting',
  'running',
  'well',
  'remark',
  'failed',
  'unreachable',
  'held',
  'given-back',
] as const
export const seatStateSchema = z.enum(SEAT_STATES)
export type SeatState = z.infer<typeof seatStateSchema>

/**
 * What is told of one seat, by the playbook or by the seat itself: `FOLDER/reports/NAME.json`, whatever its system is.
 * `reason`: why it is not well, a code of `AppError` or of a finding first where one is known.
 */
export const seatReportSchema = z.object({
  version: z.literal(1),
  seat: seatNameSchema,
  at: z.string(),
  state: seatStateSchema,
  /** The step that was last begun: install, apply, check, undo. */
  step: z.enum(['install', 'apply', 'check', 'undo']).nullable(),
  changed: z.boolean().nullable(),
  /** GoReady's version on the seat, and what `go version` answered there. */
  program: z.string().nullable(),
  go: z.string().nullable(),
  run: z.string().nullable(),
  seconds: z.number().nullable(),
  verdict: verdictSchema.nullable(),
  findings: z.array(
    z.object({
      code: z.string(),
      severity: severitySchema,
      subject: z.string(),
      values: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
    }),
  ),
  error: appErrorSchema.nullable(),
  /** The raw sentence of what went wrong where no code is known, e.g. ssh's own. */
  cause: z.string().max(2000).nullable(),
})
export type SeatReport = z.infer<typeof seatReportSchema>

/** A seat on the map. `reason`: the one sentence; `wave`: counted from 1, null where nobody said. */
export const seatViewSchema = z.object({
  seat: seatSchema,
  state: seatStateSchema,
  reason: noteSchema.nullable(),
  wave: z.number().int().nullable(),
  report: seatReportSchema.nullable(),
})
export type SeatView = z.infer<typeof seatViewSchema>

/** How a room is gone through. A wave is a number of seats or a share of them (`10%`). */
export const classroomOptionsSchema = z.strictObject({
  waves: z
    .array(z.union([z.number().int().min(1).max(MAX_SEATS), z.string().regex(/^([1-9]\d?|100)%$/)]))
    .min(1)
    .max(16),
  /** Of a wave's seats, the share (per cent) that may fail before the next one is not begun. */
  tolerance: z.number().int().min(0).max(100),
  /** For whom: INTERFACES.md, `apply --for`. */
  for: z.enum(['user', 'all', 'skel']),
  /** Seats that are worked on at the same time. */
  forks: z.number().int().min(1).max(100),
})
export type ClassroomOptions = z.infer<typeof classroomOptionsSchema>
export const CLASSROOM_DEFAULTS: ClassroomOptions = {
  waves: [1, '10%', '50%', '100%'],
  tolerance: 20,
  for: 'user',
  forks: 20,
}

/** A room as it lies in its folder: seats, options, what the reports say. */
export const classroomSchema = z.object({
  folder: z.string(),
  seats: z.array(seatViewSchema),
  options: classroomOptionsSchema,
  /** The profile's and kit's names in it; null: none yet. */
  profile: z.string().nullable(),
  kit: z.string().nullable(),
  /** What runs it: ansible-playbook's version; null: not installed, then `install` says how to get it. */
  ansible: z.string().nullable(),
  install: noteSchema.nullable(),
  counts: z.partialRecord(seatStateSchema, z.number()),
  /** Copies of files that a person had changed, kept when they were written anew just now. */
  kept: z.array(z.string()).optional(),
})
export type ClassroomView = z.infer<typeof classroomSchema>

/** What is done with a room. `check`: nothing is changed (check mode with diffs); `undo`: gives back. */
export const classroomActionSchema = z.enum(['check', 'apply', 'undo'])
export type ClassroomAction = z.infer<typeof classroomActionSchema>

/** What a run over a room ended with. `stopped`: a wave had too many failures, the later ones were not begun. */
export const classroomResultSchema = z.object({
  action: classroomActionSchema,
  stopped: z.boolean(),
  counts: z.partialRecord(seatStateSchema, z.number()),
  seats: z.array(seatViewSchema),
})
export type ClassroomResult = z.infer<typeof classroomResultSchema>

/** A list of seats that somebody wrote or pasted, read. `line` counts from 1. */
export const seatListSchema = z.object({
  seats: z.array(seatSchema).max(MAX_SEATS),
  problems: z.array(z.object({ line: z.number().int(), note: noteSchema })),
})
export type SeatList = z.infer<typeof seatListSchema>
