import type { Profile } from '../contract/profile.ts'
import type { ProfileSignature } from '../contract/wizard.ts'
import { CodedError } from '../core/errors.ts'
import { folderOf } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import { locatedIn, readProfileBytes } from '../core/profile-file.ts'
import { readPolicy, type RoomPolicy } from '../core/room-policy.ts'
import type { Reader } from '../core/system.ts'
import { fits, keyId, readSignature } from './signature.ts'

/** A profile that was read and may be used here. */
export type TrustedProfile = { profile: Profile; signature: ProfileSignature }

export type GivenProfile = {
  /** What people know it by. */
  name: string
  bytes: Uint8Array
  /** Its whole path, beside which the signature and other files lie; null for a text without a place, or a pipe. */
  path: string | null
  /** The folder that relative names count from; null: none. */
  folder: string | null
}

/**
 * The one door for profiles of files: reads the bytes and asks the computer's policy whether they may be used. Throws
 * `policy-damaged`, `bad-profile`, `profile-unsigned` and `profile-signature` {name}.
 */
export async function trustProfile(
  { name, bytes, path, folder }: GivenProfile,
  sys: Reader,
  places: Pick<Places, 'platform' | 'policies'>,
): Promise<TrustedProfile> {
  const policy = await readPolicy(sys, places)
  const signature = path === null ? null : await readSignature(path, sys)
  if (signature === null && policy.require) throw new CodedError('profile-unsigned', { name })
  const read = readProfileBytes(bytes)
  const profile = folder === null ? read : locatedIn(folder, read)
  if (signature === null || path === null) return { profile, signature: { state: 'none', by: null } }
  const bad = new CodedError('profile-signature', { name })
  // What says that it is signed and is not, is no better for a computer that asks for no signature.
  if (signature === 'damaged') throw bad
  const known = keyOf(policy, signature.key)
  if (known === null) {
    if (policy.require) throw bad
    return { profile, signature: { state: 'unknown', by: signature.key } }
  }
  const given = { bytes, profile: read, folder: folder ?? folderOf(path) }
  if (!(await fits(signature, given, known.key, sys))) throw bad
  return { profile, signature: { state: 'known', by: known.name ?? signature.key } }
}

/** Ids are short; the signature says which of two keys it is, and one with another id never fits. */
const keyOf = ({ keys }: RoomPolicy, id: string): RoomPolicy['keys'][number] | null =>
  keys.find(({ key }) => keyId(key) === id) ?? null

/**
 * Refuses what a person has chosen without a profile, where the policy leaves only signed profiles as they are.
 * `signed`: those that were opened here. Throws `profile-unsigned`, `policy-damaged`.
 */
export async function refuseUnsigned(
  profile: Profile,
  signed: readonly Profile[],
  sys: Reader,
  places: Pick<Places, 'platform' | 'policies'>,
): Promise<void> {
  const { wizard } = await readPolicy(sys, places)
  if (wizard === 'free') return
  const wanted = JSON.stringify(canonical(profile))
  if (!signed.some((one) => JSON.stringify(canonical(one)) === wanted))
    throw new CodedError('profile-unsigned', { name: 'goready.yaml' })
}

/** A value with its keys in one order. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, canonical(one)]),
  )
}
