import { z } from 'zod'
import { imageSchema, profileSchema } from './profile.ts'
import { tagListSchema } from './image.ts'
import { machineSchema } from './machine.ts'
import { appErrorSchema } from './note.ts'
import { planViewSchema } from './plan.ts'
import { conflictPolicySchema, runSummarySchema } from './run.ts'
import { taskViewSchema } from './task.ts'

const nothing = z.undefined()
const taskId = z.object({ taskId: z.string().max(64) })

/**
 * Every request that the window may make: what it sends, what it gets.
 * The window names no path to write and sends no file contents: a plan is made from a profile
 * and applied by its id. Long work answers with a task's id at once.
 */
export const requests = {
  'machine.detect': { input: nothing, output: machineSchema },
  'image.tags': { input: z.object({ refresh: z.boolean() }), output: tagListSchema },
  'plan.make': { input: z.object({ profile: profileSchema }), output: planViewSchema },
  'plan.apply': { input: z.object({ planId: z.string().max(64) }), output: taskId },
  'image.pull': { input: z.object({ image: imageSchema }), output: taskId },
  'image.verify': { input: z.object({ image: imageSchema }), output: taskId },
  'run.history': { input: nothing, output: z.array(runSummarySchema) },
  'run.undo': {
    input: z.object({ runId: z.string().max(64).nullable(), onConflict: conflictPolicySchema }),
    output: taskId,
  },
  'task.list': { input: nothing, output: z.array(taskViewSchema) },
  'task.cancel': { input: taskId, output: z.boolean() },
  'task.answer': {
    input: z.object({ taskId: z.string().max(64), questionId: z.string().max(64), answer: z.string().max(16) }),
    output: z.boolean(),
  },
} as const

export type RequestName = keyof typeof requests
export type RequestInput<N extends RequestName> = z.input<(typeof requests)[N]['input']>
export type RequestOutput<N extends RequestName> = z.output<(typeof requests)[N]['output']>

/** The envelope of every answer: Electron does not keep thrown Error objects across `invoke`. */
export const envelopeSchema = z.union([
  z.object({ ok: z.literal(true), value: z.unknown() }),
  z.object({ ok: z.literal(false), error: appErrorSchema }),
])
export type Envelope = z.infer<typeof envelopeSchema>

/** The two channels between window and main. */
export const REQUEST_CHANNEL = 'goready:request'
export const TASK_CHANNEL = 'goready:task'
