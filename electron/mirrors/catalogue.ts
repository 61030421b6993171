import { z } from 'zod'
import { type AptArchive, mirrorSchema } from '../contract/mirror.ts'
import { parseJson, schemaError } from '../core/json-file.ts'

/** The version of the file format that this program reads. */
export const CATALOGUE_VERSION = 1
/** Longest catalogue that is taken, in bytes. */
export const MAX_CATALOGUE = 1024 * 1024

/** A mirror of the catalogue. `own`: added by the person. */
export type Mirror = z.infer<typeof mirrorSchema> & { own?: boolean }

const version = z.strictObject({
  path: z
    .string()
    .regex(/^[\w.~/!-]+$/)
    .max(200),
  version: z
    .string()
    .regex(/^v[\w.+-]+$/)
    .max(100),
})
const name = z
  .string()
  .regex(/^(@[a-z0-9._-]+\/)?[A-Za-z0-9][\w.-]*$/)
  .max(200)
const named = z.strictObject({ proof: name.exactOptional(), bulk: name.exactOptional() })

/** What a race fetches of some targets, where it is not what the program brings: such things age like mirrors do. */
const artefactsSchema = z.strictObject({
  go: z.strictObject({ proof: version.exactOptional(), bulk: version.exactOptional() }).exactOptional(),
  npm: named.exactOptional(),
  pip: named.exactOptional(),
})

const mirrorCatalogueSchema = z.object({
  version: z.literal(CATALOGUE_VERSION).default(CATALOGUE_VERSION),
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  artefacts: artefactsSchema.optional(),
  mirrors: z
    .array(mirrorSchema)
    .max(500)
    .check(({ value, issues }) => {
      const twice = value.findIndex(({ id }, at) => value.findIndex((other) => other.id === id) !== at)
      if (twice >= 0) issues.push({ code: 'custom', input: value, path: [twice, 'id'], message: 'given-twice' })
    }),
})
/** Mirrors and the day of what is known about them. */
export type MirrorCatalogue = {
  date: string
  mirrors: readonly Mirror[]
  artefacts?: z.infer<typeof artefactsSchema> | undefined
}

/**
 * Reads the mirrors out of what was parsed from `text`. Throws `unparsable-file` {path, line}; the cause names
 * the key.
 */
export function loadMirrors(value: unknown, path: string, text = ''): MirrorCatalogue {
  const parsed = mirrorCatalogueSchema.safeParse(value)
  if (!parsed.success) throw schemaError(parsed.error, text, path)
  const { date, mirrors, artefacts } = parsed.data
  return { date, mirrors, artefacts }
}

/** Reads what a race is to fetch out of a file that names nothing else of the mirrors. Throws as `loadMirrors` does. */
export function readArtefacts(value: unknown, path: string, text = ''): z.infer<typeof artefactsSchema> {
  const parsed = artefactsSchema.safeParse(value)
  if (!parsed.success) throw schemaError(parsed.error, text, path)
  return parsed.data
}

/** Reads a catalogue file that holds mirrors alone. Throws as `loadMirrors` does. */
export const readMirrors = (text: string, path: string): MirrorCatalogue =>
  loadMirrors(parseJson(text, path), path, text)

/** The address of one archive on an apt mirror, without a slash at its end; null where it does not hold it. */
export function archiveUrl({ url, paths }: Pick<Mirror, 'url' | 'paths'>, archive: AptArchive): string | null {
  const path = paths?.[archive]
  return path === undefined ? null : `${url.replace(/\/+$/, '')}${path}`
}
