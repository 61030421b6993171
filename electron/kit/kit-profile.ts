import { stringify } from 'yaml'
import { readFile } from 'node:fs/promises'
import type { KitManifest } from '../contract/kit.ts'
import { type Profile, profileSchema } from '../contract/profile.ts'
import { CodedError } from '../core/errors.ts'
import { readProfileBytes } from '../core/profile-file.ts'
import { pathIn } from './folder.ts'

/** What a kit may ask of a machine: an image, and sources that are then the kit's own. */
const ALLOWED = ['version', 'image', 'private', 'locked', 'remark'] as const

/** The part of a teacher's profile that goes into a kit; `dropped`: keys that stay behind. */
export function profileForKit(profile: Profile, image: string | null): { profile: Profile; dropped: string[] } {
  const { version, private: patterns, locked, remark } = profile
  const kept: Profile = {
    version,
    ...(image === null ? {} : { image }),
    ...(patterns === undefined ? {} : { private: patterns }),
    ...(locked === undefined ? {} : { locked }),
    ...(remark === undefined ? {} : { remark }),
  }
  const dropped = Object.keys(profile).filter((key) => key !== 'sources' && key !== 'pull' && !(key in kept))
  return { profile: kept, dropped }
}

export const profileBytes = (profile: Profile): Buffer => Buffer.from(stringify(profile, { lineWidth: 0 }))

/**
 * The profile of a verified kit. A kit is a stranger's data: one whose profile asks for more than an image is refused.
 * Throws `bad-profile` {line, key, reason}.
 */
export async function readKitProfile(folder: string, manifest: KitManifest): Promise<Profile> {
  if (manifest.profile === null) return { version: 1 }
  const profile = readProfileBytes(await readFile(pathIn(folder, manifest.profile)))
  const odd = Object.keys(profile).find((key) => !ALLOWED.some((one) => one === key))
  if (odd !== undefined) throw new CodedError('bad-profile', { line: 1, key: odd, reason: 'wrong-value' })
  const { image } = profile
  if (image !== undefined && !manifest.images.some(({ reference }) => reference === image))
    throw new CodedError('bad-profile', { line: 1, key: 'image', reason: 'wrong-value' })
  return profile
}

/** A file's address, as `go` and Node read it: three slashes, also before a drive's letter. */
export function fileUrl(path: string): string {
  const slashed = path.replaceAll('\\', '/')
  return `file://${slashed.startsWith('/') ? '' : '/'}${encodeURI(slashed)}`
}

/** The sources of a kit whose modules lie at `go`, an address. */
export function withSources(profile: Profile, manifest: KitManifest, go: string | null): Profile {
  if (go === null || manifest.go === null) return profile
  const { sumdb } = manifest.go
  // Go's own database by its own name: an address of it would be asked instead of the kit.
  const own = sumdb === null || sumdb === 'sum.golang.org' || sumdb === 'sum.golang.google.cn'
  const parsed = profileSchema.safeParse({ ...profile, sources: { go, sumdb: own ? 'default' : sumdb } })
  if (!parsed.success) throw new CodedError('bad-profile', { line: 1, key: 'sources.sumdb', reason: 'wrong-value' })
  return parsed.data
}
