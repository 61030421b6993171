import { z } from 'zod'

/** One golang tag of the catalogue or the registry. Sizes are bytes of the amd64 manifest's layers, compressed. */
export const tagSchema = z.object({
  tag: z.string(),
  go: z.string(),
  variant: z.enum(['debian', 'alpine', 'windows', 'other']),
  base: z.string(),
  support: z.enum(['supported', 'ended', 'unknown', 'prerelease']),
  supportEnds: z.string().nullable(),
  size: z.number().nullable(),
  unpacked: z.number().nullable(),
  missing: z.array(z.string()),
  role: z.enum(['newest', 'newest-alpine', 'pinned']).nullable(),
})
export type Tag = z.infer<typeof tagSchema>

export const tagListSchema = z.object({
  from: z.enum(['registry', 'catalogue']),
  /** The registry's address, or the catalogue's date. */
  source: z.string(),
  catalogueDate: z.string(),
  tags: z.array(tagSchema),
})
export type TagList = z.infer<typeof tagListSchema>

/** One layer of a pull. Byte numbers are absolute; null where the engine gives none (containerd's "Extracting" counts seconds). */
export const layerSchema = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'downloading', 'verifying', 'downloaded', 'extracting', 'done', 'exists']),
  current: z.number().nullable(),
  total: z.number().nullable(),
})
export type Layer = z.infer<typeof layerSchema>

/** What `docker images` says afterwards. */
export const imageFactsSchema = z.object({
  reference: z.string(),
  id: z.string(),
  digest: z.string().nullable(),
  size: z.number(),
  created: z.string(),
  os: z.string(),
  arch: z.string(),
  goVersion: z.string().nullable(),
  /** False when the image was already there and up to date. */
  pulled: z.boolean(),
  bytes: z.number(),
  ms: z.number(),
})
export type ImageFacts = z.infer<typeof imageFactsSchema>

export const verificationSchema = z.object({
  reference: z.string(),
  /** The whole answer, e.g. `go version go1.26.7 linux/amd64`. */
  output: z.string(),
  version: z.string(),
  /** Whether the answer agrees with the tag. null: the tag names no version. */
  agrees: z.boolean().nullable(),
  module: z
    .object({
      path: z.string(),
      version: z.string(),
      proxy: z.string(),
      ok: z.boolean(),
      cause: z.string().nullable(),
      /** Who really sent it, as `go` says: the entry of GOPROXY that answered, or the repository's own host. */
      served: z.string().nullable(),
    })
    .nullable(),
})
export type Verification = z.infer<typeof verificationSchema>
