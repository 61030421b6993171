import { z } from 'zod'
import { raceResultSchema } from './mirror.ts'
import { profileSchema } from './profile.ts'
import { conflictPolicySchema } from './run.ts'

/** What a child of `--for all` is asked on its standard input, as one JSON document. */
export const accountJobSchema = z.discriminatedUnion('does', [
  z.object({
    /** `prove`: everything must stand already, and is only asked. */
    does: z.enum(['apply', 'plan', 'prove']),
    profile: profileSchema,
    /** What stands in the files that the profile names, which the account itself may not read. */
    files: z.record(z.string(), z.string()),
    /** The profile's own name. */
    name: z.string(),
    handed: z.array(raceResultSchema),
  }),
  z.object({ does: z.literal('undo'), policy: conflictPolicySchema }),
])
export type AccountJob = z.infer<typeof accountJobSchema>

/** The child's first line: it has begun, in a home that is the account's own; or there is none. */
export const accountBegunSchema = z.object({ type: z.literal('begun'), own: z.boolean() })
