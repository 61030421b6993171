import { z } from 'zod'
import { seatViewSchema } from './classroom.ts'
import { checkViewSchema } from './doctor.ts'
import { layerSchema } from './image.ts'
import { raceProgressSchema } from './mirror.ts'
import { appErrorSchema, noteSchema } from './note.ts'

export const STEP_IDS = [
  'plan',
  'race',
  'rights',
  'install',
  'files',
  'reload',
  'settings',
  'pull',
  'verify-image',
  'verify-module',
  'rollback',
  'undo',
  'room',
  'kit',
] as const
export const stepIdSchema = z.enum(STEP_IDS)
export type StepId = z.infer<typeof stepIdSchema>

/**
 * A file that was edited since a run wrote it. Diffs, secrets redacted (empty where one could still be seen):
 * `written`: what the run changed in it; `edited`: what was edited since; `leaves`: from now to what an answer leaves.
 */
export const threeWaySchema = z.object({
  path: z.string(),
  written: z.string(),
  edited: z.string(),
  leaves: z.array(
    z.object({
      choice: z.enum(['keep', 'restore', 'ours']),
      diff: z.string(),
      result: z.enum(['same', 'other', 'absent']),
    }),
  ),
})
export type ThreeWay = z.infer<typeof threeWaySchema>

/** A question that a running task asks; answered by `task.answer` with one of `choices`. */
export const questionSchema = z.object({
  id: z.string(),
  note: noteSchema,
  diff: z.string().optional(),
  three: threeWaySchema.optional(),
  choices: z.array(z.enum(['keep', 'restore', 'ours', 'yes', 'no'])),
})
export type Question = z.infer<typeof questionSchema>
export type Answer = Question['choices'][number]

/** What happens in a task, before the registry adds the task's id and number. */
export const taskReportSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('step'), step: stepIdSchema, state: z.enum(['running', 'done', 'skipped', 'failed']) }),
  z.object({
    type: z.literal('progress'),
    step: stepIdSchema,
    /** 0..1, absolute, never a delta; null = unknown. */
    fraction: z.number().min(0).max(1).nullable(),
    note: noteSchema,
    bytes: z.number().optional(),
    totalBytes: z.number().optional(),
    /** Bytes a second. */
    speed: z.number().optional(),
    /** Seconds that are left. */
    left: z.number().nullable().optional(),
    layers: z.array(layerSchema).optional(),
    race: raceProgressSchema.optional(),
  }),
  z.object({ type: z.literal('log'), line: z.string() }),
  /** One check of a check-up has ended. */
  z.object({ type: z.literal('checked'), check: checkViewSchema }),
  /** Seats whose state is another one now. */
  z.object({ type: z.literal('seats'), seats: z.array(seatViewSchema) }),
  /** Another GoReady is at work: this one waits a moment for it. */
  z.object({ type: z.literal('waiting'), pid: z.number().int() }),
  z.object({ type: z.literal('ask'), question: questionSchema }),
  z.object({ type: z.literal('answered'), questionId: z.string() }),
  z.object({ type: z.literal('done'), result: z.unknown() }),
  z.object({ type: z.literal('cancelled'), error: appErrorSchema }),
  z.object({ type: z.literal('failed'), error: appErrorSchema }),
])
export type TaskReport = z.infer<typeof taskReportSchema>

export const taskEventSchema = z.intersection(z.object({ taskId: z.string(), seq: z.number().int() }), taskReportSchema)
export type TaskEvent = { taskId: string; seq: number } & TaskReport

export const taskViewSchema = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['running', 'done', 'cancelled', 'failed']),
  /** The events that a late listener needs: the newest of each kind and step, in order. */
  events: z.array(taskEventSchema),
})
export type TaskView = z.infer<typeof taskViewSchema>
