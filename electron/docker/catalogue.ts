import { z } from 'zod'
import { parseJson, schemaError } from '../core/json-file.ts'

/** A day, or only its month or year where no more is known. */
const dateSchema = z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)

/** One tag that the catalogue knows. What is not known is null, never guessed. */
export const catalogueTagSchema = z.strictObject({
  tag: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/),
  /** The Go inside, as far as it is known: `1.26.7`, or `1.26` for a tag that moves. null: derive it from the tag. */
  go: z
    .string()
    .regex(/^1(\.\d+){0,2}((rc|beta)\d+)?$/)
    .nullable(),
  /** Bytes of the amd64 layers, compressed. */
  size: z.number().int().positive().nullable(),
  /** Bytes on the disk after unpacking. */
  unpacked: z.number().int().positive().nullable(),
})
export type CatalogueTag = z.infer<typeof catalogueTagSchema>

/**
 * The dated offline catalogue of golang tags (`assets/golang-tags.json`, or `--catalogue FILE`).
 * `minors`: the Go releases, in any order. The two newest are supported; `ended` dates the others.
 */
export const catalogueSchema = z.strictObject({
  version: z.literal(1),
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  /** Where the contents come from, in words or as an address. */
  source: z.string().min(1),
  tags: z.array(catalogueTagSchema).min(1).max(5000),
  minors: z
    .array(
      z.strictObject({
        minor: z.string().regex(/^1\.\d+$/),
        released: dateSchema.nullable(),
        ended: dateSchema.nullable(),
      }),
    )
    .min(1),
})
export type Catalogue = z.infer<typeof catalogueSchema>

/** Reads the tags out of what was parsed from `text`. Throws `unparsable-file` {path, line}; the cause names the key. */
export function loadTags(value: unknown, path: string, text: string): Catalogue {
  const parsed = catalogueSchema.safeParse(value)
  if (!parsed.success) throw schemaError(parsed.error, text, path)
  return parsed.data
}

/** What a file that is named by `--catalogue` may hold beside the tags; others read it. */
const besideSchema = z.looseObject({})

/** Parses the text of a catalogue. Throws `unparsable-file` {path, line}, also for broken JSON. */
export function loadCatalogue(text: string, path = 'golang-tags.json'): Catalogue {
  const value = parseJson(text, path)
  const parsed = besideSchema.safeParse(value)
  if (!parsed.success) return loadTags(value, path, text)
  const tags = Object.entries(parsed.data).filter(([key]) => key !== 'mirrors' && key !== 'artefacts')
  return loadTags(Object.fromEntries(tags), path, text)
}
