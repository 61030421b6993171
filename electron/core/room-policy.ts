import { z } from 'zod'
import { CodedError, causeText, errno, toAppError } from './errors.ts'
import { folderOf, isAbsolute } from './paths.ts'
import type { Places } from './places.ts'
import { parseYaml, textOf } from './profile-file.ts'
import type { Reader } from './system.ts'

/** An Ed25519 public key as DER (SPKI) in base64: the first 16 letters say so. */
export const publicKeySchema = z.string().regex(/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/)

const namedKeySchema = z.strictObject({ name: z.string().min(1).max(200), key: publicKeySchema })

/**
 * What the administrator of a computer says about profiles. `require`: without a signature by one of `keys` none is
 * taken. `wizard`: what a person chooses without a profile: `free` is the person's own matter; `locked` leaves only
 * signed profiles, as they are.
 */
const policySchema = z.strictObject({
  version: z.literal(1),
  profiles: z.strictObject({
    keys: z
      .array(z.union([publicKeySchema.transform((key) => ({ name: null, key })), namedKeySchema]))
      .max(32)
      .optional(),
    require: z.boolean().optional(),
    wizard: z.enum(['free', 'locked']).optional(),
  }),
})

export type RoomPolicy = {
  keys: readonly { name: string | null; key: string }[]
  require: boolean
  wizard: 'free' | 'locked'
}

/** What counts where nobody has said anything. */
export const NO_POLICY: RoomPolicy = { keys: [], require: false, wizard: 'free' }

/** No policy has as many bytes. */
const MAX_FILE = 64 * 1024

/**
 * The policy of this computer: what all of its files together ask. A file that is there and cannot be believed or
 * read closes: throws `policy-damaged` {path, reason} rather than to count as none.
 */
export async function readPolicy(sys: Reader, places: Pick<Places, 'platform' | 'policies'>): Promise<RoomPolicy> {
  const found: RoomPolicy[] = []
  for (const { file, root } of places.policies) {
    const bytes = await believed(file, root, places.platform, sys)
    if (bytes !== null) found.push(parsePolicy(bytes, file))
  }
  return {
    keys: found.flatMap(({ keys }) => keys),
    require: found.some((one) => one.require),
    wizard: found.some(({ wizard }) => wizard === 'locked') ? 'locked' : 'free',
  }
}

function parsePolicy(bytes: Uint8Array, file: string): RoomPolicy {
  let profiles: z.output<typeof policySchema>['profiles']
  try {
    ;({ profiles } = parseYaml(textOf(bytes), policySchema))
  } catch (error) {
    const { values = {} } = toAppError(error)
    const { line = 1, key = '', reason = 'wrong-value' } = values
    throw damaged(file, String(reason), `${line}: ${key} ${causeText(error)}`)
  }
  const { keys = [], wizard = 'free' } = profiles
  // Only what is signed may be planned then, whether `require` says it once more or not.
  const required = profiles.require ?? wizard === 'locked'
  if (required && keys.length === 0) throw damaged(file, 'no-keys')
  return { keys, require: required, wizard }
}

/** A file's bytes, if only an administrator can have written it; null where there is none. */
async function believed(
  file: string,
  root: string,
  platform: Places['platform'],
  sys: Reader,
): Promise<Uint8Array | null> {
  try {
    const stat = await sys.lstat(file)
    if (stat === null) return null
    if (stat.kind !== 'file' || stat.size > MAX_FILE) throw damaged(file, 'policy-file')
    // On Windows the place itself says it: nobody else may write into the folder of programs.
    if (platform !== 'win32') await refuseForeign(file, root, sys)
    return await sys.readFile(file)
  } catch (error) {
    if (error instanceof CodedError) throw error
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR') return null
    throw damaged(file, 'policy-closed', causeText(error))
  }
}

/** The file and every folder up to the root are the root's owner's (or root's), and nobody else may write there. */
async function refuseForeign(file: string, root: string, sys: Reader): Promise<void> {
  const owners = [0, (await sys.lstat(root))?.uid ?? 0]
  for (let at = file; at !== root && isAbsolute(at) && at !== folderOf(at); at = folderOf(at)) {
    const stat = await sys.lstat(at)
    const sound = stat !== null && stat.kind !== 'link' && owners.includes(stat.uid) && (stat.mode & 0o022) === 0
    if (!sound) throw damaged(file, 'policy-owner', at)
  }
}

const damaged = (path: string, reason: string, cause?: string): CodedError =>
  new CodedError('policy-damaged', { path, reason }, cause)
