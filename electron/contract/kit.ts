import { z } from 'zod'

/** A path inside a kit: relative, forward slashes, never out of it. */
export const kitPathSchema = z
  .string()
  .max(1024)
  .regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))[^\\\0]+$/)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** The manifest's own name; the last file that is written. */
export const KIT_MANIFEST = 'goready-kit.json'

/**
 * A classroom kit's manifest: everything in it with size and hash, and what each part is. All parts but `files` may
 * be absent. `made` is ISO.
 */
export const kitManifestSchema = z.strictObject({
  version: z.literal(1),
  made: z.string(),
  program: z.string(),
  files: z.array(z.strictObject({ path: kitPathSchema, size: z.number().int().min(0), sha256 })),
  /** `file`: an archive as `docker save` writes it. `digest`: the image's own id. `platform`: linux/amd64. */
  images: z.array(
    z.strictObject({ reference: z.string(), file: kitPathSchema, digest: z.string(), platform: z.string() }),
  ),
  /** A folder in GOPROXY layout with the checksum database's answers beside it; the modules in it. */
  go: z
    .strictObject({
      folder: kitPathSchema,
      sumdb: z.string().nullable(),
      modules: z.array(z.strictObject({ path: z.string(), version: z.string(), sum: z.string() })),
    })
    .nullable(),
  /** A folder that a static server or a file: address can serve as an npm registry. */
  npm: z
    .strictObject({
      folder: kitPathSchema,
      packages: z.array(z.strictObject({ name: z.string(), version: z.string(), integrity: z.string() })),
    })
    .nullable(),
  profile: kitPathSchema.nullable(),
  catalogue: kitPathSchema.nullable(),
  installers: z.array(z.strictObject({ file: kitPathSchema, system: z.enum(['linux', 'windows', 'macos']) })),
})
export type KitManifest = z.infer<typeof kitManifestSchema>

/** What a kit is to hold: image references, the texts of go.mod files and of package-lock.json files, installers' paths. */
export type KitWish = {
  images: readonly string[]
  goMods: readonly string[]
  npmLocks: readonly string[]
  installers?: readonly string[]
}

export const kitViewSchema = z.object({
  folder: z.string(),
  /** null: no manifest, so it is not (yet) a whole kit. */
  manifest: kitManifestSchema.nullable(),
  bytes: z.number(),
})
export type KitView = z.infer<typeof kitViewSchema>

/** A network interface of this machine that a room could be served on. */
export const kitInterfaceSchema = z.object({ name: z.string(), address: z.string() })
export type KitInterface = z.infer<typeof kitInterfaceSchema>

/** A kit that is being served: where, with whose authority (a file to give to the room), since when. */
export const kitServerSchema = z.object({
  folder: z.string(),
  interface: kitInterfaceSchema,
  /** Addresses as a profile names them. */
  go: z.string().nullable(),
  docker: z.string().nullable(),
  npm: z.string().nullable(),
  /** The page for the room: kit, profile, authority, installers to download. */
  page: z.string(),
  authority: z.string(),
  fingerprint: z.string(),
  since: z.string(),
})
export type KitServer = z.infer<typeof kitServerSchema>

/** What `kit make`, `kit verify` and `kit use` end with. */
export const kitResultSchema = z.object({
  folder: z.string(),
  files: z.number(),
  bytes: z.number(),
  /** Bytes that were there already from an earlier try. */
  kept: z.number(),
})
export type KitResult = z.infer<typeof kitResultSchema>
