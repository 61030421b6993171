import { z } from 'zod'
import { CodedError } from '../core/errors.ts'

/** A package of a registry, as a lock file names it. */
export type Locked = { name: string; version: string; integrity: string; resolved: string | null }

const NAME = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[A-Za-z0-9~_.-][A-Za-z0-9._~-]*$/
const VERSION = /^\d+\.\d+\.\d+[A-Za-z0-9.+-]*$/
const entrySchema = z.object({
  name: z.string().regex(NAME).max(214).optional(),
  version: z.string().optional(),
  resolved: z.string().optional(),
  integrity: z.string().optional(),
  link: z.boolean().optional(),
  inBundle: z.boolean().optional(),
})
const lockSchema = z.object({ lockfileVersion: z.number(), packages: z.record(z.string(), entrySchema) })

/**
 * The registry's packages in a package-lock.json (of npm 7 or later). What lies in the project itself, in git or inside
 * of another package is no registry's. Throws `unparsable-file` {path, line}: also for a package without a hash, whose
 * content nobody could check.
 */
export function readLock(text: string, path: string): readonly Locked[] {
  const refuse = (cause: string): CodedError => new CodedError('unparsable-file', { path, line: 1 }, cause)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new CodedError('unparsable-file', { path, line: 1 }, error)
  }
  const parsed = lockSchema.safeParse(value)
  if (!parsed.success) throw refuse(parsed.error.issues[0]?.message ?? '')
  const found: Locked[] = []
  for (const [place, entry] of Object.entries(parsed.data.packages)) {
    const at = place.lastIndexOf('node_modules/')
    const { version = '', integrity, resolved = null, link, inBundle } = entry
    if (at < 0 || link === true || inBundle === true) continue
    if (resolved !== null && !/^https?:\/\//.test(resolved)) continue
    const name = entry.name ?? place.slice(at + 'node_modules/'.length)
    if (!NAME.test(name) || !VERSION.test(version)) throw refuse(`${name}@${version}`)
    if (integrity === undefined || strongest(integrity) === null) throw refuse(`${name}@${version}: integrity`)
    if (!found.some((one) => one.name === name && one.version === version))
      found.push({ name, version, integrity, resolved })
  }
  return found
}

const ORDER = ['sha512', 'sha384', 'sha256', 'sha1'] as const

/** The hash of an integrity that counts (w3.org/TR/SRI: the strongest); null where there is none that we know. */
export function strongest(integrity: string): { algorithm: string; digest: string } | null {
  const parts = integrity.split(/\s+/).map((part) => part.split('?')[0] ?? '')
  for (const algorithm of ORDER) {
    const part = parts.find((one) => one.startsWith(`${algorithm}-`))
    if (part !== undefined) return { algorithm, digest: part.slice(algorithm.length + 1) }
  }
  return null
}
