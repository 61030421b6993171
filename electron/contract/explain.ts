import { z } from 'zod'

/**
 * What an error text says. `cause` is stable; its sentences are `explain:<cause>.what` and `.todo`, filled with
 * `values`. `line`: where in the text (1-based, of its end where it is long), `quote`: that line, redacted.
 */
export const explanationSchema = z.object({
  cause: z.string(),
  tool: z.enum(['go', 'docker', 'npm', 'apt', 'pip', 'shell']),
  values: z.record(z.string(), z.string()),
  line: z.number().int(),
  quote: z.string(),
})
export type Explanation = z.infer<typeof explanationSchema>

/** An explanation and the ids of the checks that can find its cause on this machine; none: nothing here can tell. */
export const explainedSchema = explanationSchema.extend({ checks: z.array(z.string()) })
export type Explained = z.infer<typeof explainedSchema>
