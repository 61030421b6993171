import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto'
import { z } from 'zod'
import type { Profile } from '../contract/profile.ts'
import { CodedError, causeText } from '../core/errors.ts'
import { under } from '../core/paths.ts'
import type { Reader } from '../core/system.ts'

/**
 * A profile's signature lies beside it, as `FILE.sig`: JSON with the key's id and an Ed25519 signature. Signed are the
 * profile's exact bytes and the SHA-256 of each file that it names, behind a line that no other signature begins with;
 * a certificate that was exchanged beside a signed profile is noticed.
 */
const DOMAIN = 'goready-profile-1\n'
export const SIGNATURE_SUFFIX = '.sig'
/** Bytes; 32 files with long names stay far below. */
const MAX_SIGNATURE = 64 * 1024

const signatureSchema = z.strictObject({
  goready: z.literal('profile-signature'),
  version: z.literal(1),
  algorithm: z.literal('ed25519'),
  key: z.string().regex(/^[0-9a-f]{16}$/),
  files: z.record(z.string().max(4096), z.string().regex(/^[0-9a-f]{64}$/)),
  signature: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
})
export type Signature = z.infer<typeof signatureSchema>

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The first 16 hexadecimal digits of the SHA-256 of a key's DER. */
export const keyId = (key: string): string => sha256(Buffer.from(key, 'base64')).slice(0, 16)

/** What is signed: the files in the order of their names, then the bytes. */
function messageOf(bytes: Uint8Array, files: Readonly<Record<string, string>>): Uint8Array {
  const lines = Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Buffer.concat([Buffer.from(`${DOMAIN}${JSON.stringify(lines)}\n`), bytes])
}

/** The names of the files that a profile names, as they stand in it. */
const filesOf = (profile: Profile): readonly string[] => [
  ...new Set(
    (profile.authorities ?? []).flatMap(({ file, client }) => [
      file,
      ...(client === undefined ? [] : [client.cert, client.key]),
    ]),
  ),
]

/** The hashes of the files that a profile names. Throws `bad-authority` for one that cannot be read. */
async function hashesOf(profile: Profile, folder: string, sys: Reader): Promise<Record<string, string>> {
  const hashes: Record<string, string> = {}
  for (const name of filesOf(profile)) {
    const path = /^([/\\]|[A-Za-z]:)/.test(name) ? name : under(folder, name)
    try {
      hashes[name] = sha256(await sys.readFile(await sys.resolve(path)))
    } catch (error) {
      throw new CodedError('bad-authority', { path, reason: 'setting:authority.reason.missing' }, causeText(error))
    }
  }
  return hashes
}

/** The public half as it stands in a policy: DER in base64. */
export const publicOf = (key: KeyObject): string =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64')

/** A private key out of its file's text. Throws `profile-key` {path, reason}. */
export function privateKeyOf(pem: string, path: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    // What the library says of a broken key may quote it.
    throw new CodedError('profile-key', { path, reason: 'key-kind' })
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new CodedError('profile-key', { path, reason: 'key-kind' })
  return key
}

/** A new pair: the private half as PEM, the public one as it stands in a policy. */
export function newKeys(): { privateKey: string; publicKey: string } {
  const { privateKey } = generateKeyPairSync('ed25519')
  return {
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: publicOf(privateKey),
  }
}

/** The text of `FILE.sig`. `profile`: what the bytes hold, read; `folder`: where they lie. */
export async function signProfile(
  bytes: Uint8Array,
  profile: Profile,
  folder: string,
  key: KeyObject,
  sys: Reader,
): Promise<string> {
  const files = await hashesOf(profile, folder, sys)
  const signature = sign(null, messageOf(bytes, files), key).toString('base64')
  const known = { goready: 'profile-signature', version: 1, algorithm: 'ed25519', key: keyId(publicOf(key)) } as const
  const whole: Signature = { ...known, files, signature }
  return `${JSON.stringify(whole, null, 2)}\n`
}

/** What lies beside a profile. `null`: nothing; `damaged`: something that is no signature. */
export async function readSignature(path: string, sys: Reader): Promise<Signature | 'damaged' | null> {
  const file = `${path}${SIGNATURE_SUFFIX}`
  try {
    const real = await sys.resolve(file)
    const stat = await sys.lstat(real)
    if (stat === null) return null
    if (stat.kind !== 'file' || stat.size > MAX_SIGNATURE) return 'damaged'
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await sys.readFile(real))
    const parsed = signatureSchema.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : 'damaged'
  } catch {
    return 'damaged'
  }
}

/** Whether a signature is one over these bytes and over the files that they name, by this key. */
export async function fits(
  signature: Signature,
  given: { bytes: Uint8Array; profile: Profile; folder: string },
  key: string,
  sys: Reader,
): Promise<boolean> {
  const publicKey = createPublicKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'spki' })
  const message = messageOf(given.bytes, signature.files)
  if (!verify(null, message, publicKey, Buffer.from(signature.signature, 'base64'))) return false
  const names = filesOf(given.profile)
  const hashes = await hashesOf(given.profile, given.folder, sys).catch(() => null)
  return hashes !== null && names.every((name) => hashes[name] === signature.files[name])
}
