import { z } from 'zod'
import { checkUrl } from '../contract/grammar.ts'
import { CodedError } from '../core/errors.ts'

const mirrorSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  target: z.enum(['go', 'docker', 'npm', 'apt', 'pip']),
  name: z.strictObject({ zh: z.string().min(1), en: z.string().min(1) }),
  url: z.string().refine((text) => checkUrl(text) === null, 'bad-url'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable(),
  /** `upstream`: the tool's own default, always a candidate. `dead`: kept so that a machine still using it is told. */
  status: z.enum(['upstream', 'alive', 'dead']),
  since: z.string().nullable(),
  limits: z.string().nullable(),
  source: z.string().min(1),
  date: z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/),
})
export type Mirror = z.infer<typeof mirrorSchema>

const mirrorCatalogueSchema = z.object({
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  mirrors: z.array(mirrorSchema).max(500),
})
export type MirrorCatalogue = z.infer<typeof mirrorCatalogueSchema>

/** Reads the mirrors of a catalogue file. Throws `unparsable-file` {path, line}. */
export function loadMirrors(value: unknown, path: string): MirrorCatalogue {
  const parsed = mirrorCatalogueSchema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new CodedError('unparsable-file', { path, line: 1 }, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`)
}
