import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { profileJsonSchema } from '../../contract/profile-schema.ts'
import { type Will, willDo } from '../../contract/profile-summary.ts'
import { CodedError, causeText, errno, toAppError, writeError } from '../../core/errors.ts'
import { readProfileBytes } from '../../core/profile-file.ts'
import { readPolicy } from '../../core/room-policy.ts'
import { fits, keyId, newKeys, privateKeyOf, publicOf, readSignature, signProfile } from '../../desk/signature.ts'
import { systemOn } from '../../platform/open-system.ts'
import { realSystem } from '../../system/real.ts'
import { need, noMore, unknownCommand } from '../args.ts'
import { type Command, type Context, EXIT } from '../command.ts'
import { printWill, readGivenFile } from './plan.ts'

/** `profile check|verify|sign FILE`, `profile keys --out FOLDER`, `profile schema`. None of them changes this machine. */
export const profile: Command = async (context) => {
  const [, word = '', file] = context.args.words
  const command = new Map<string, (context: Context, file: string | undefined) => Promise<number>>([
    ['check', check],
    ['verify', verifyFile],
    ['sign', signFile],
    ['keys', keys],
    ['schema', schema],
  ]).get(word)
  if (command === undefined) throw unknownCommand(`profile ${word}`.trim())
  noMore(context.args.words, word === 'keys' || word === 'schema' ? 2 : 3)
  return command(context, file)
}

/** Whether a file is a profile: status 0, or 2 with line, entry and reason. Asks no policy. */
async function check({ output }: Context, file: string | undefined): Promise<number> {
  const path = need(file, 'FILE')
  const bytes = await readGivenFile(path)
  let will: readonly Will[]
  try {
    will = willDo(readProfileBytes(bytes))
  } catch (error) {
    const { code, values = {} } = toAppError(error)
    if (code !== 'bad-profile' || !output.json) throw error
    output.document({ type: 'profile', file: path, ok: false, ...values })
    return EXIT.unusable
  }
  output.document({ type: 'profile', file: path, ok: true, will })
  output.line(output.text.say('cli:profile.ok', { file: path }))
  printWill(output, will)
  return EXIT.done
}

/** Whose signature a profile has: by `--key PUBLIC`, else by the keys of this computer's policy. Status 0 or 2. */
async function verifyFile({ args, output, engine }: Context, file: string | undefined): Promise<number> {
  const path = resolve(need(file, 'FILE'))
  const name = basename(path)
  const sys = systemOn(engine.places, realSystem())
  const bytes = await readGivenFile(path)
  const signature = await readSignature(path, sys)
  if (signature === null) throw new CodedError('profile-unsigned', { name })
  const known =
    args.key === null ? (await readPolicy(sys, engine.places)).keys : [{ name: null, key: publicKeyIn(args.key) }]
  const key = signature === 'damaged' ? undefined : known.find((one) => keyId(one.key) === signature.key)
  const given = { bytes, profile: readProfileBytes(bytes), folder: dirname(path) }
  if (signature === 'damaged' || key === undefined || !(await fits(signature, given, key.key, sys)))
    throw new CodedError('profile-signature', { name })
  const by = key.name ?? signature.key
  output.document({ type: 'signature', file: path, ok: true, key: signature.key, by })
  output.line(output.text.say('cli:profile.signedBy', { file: name, by }))
  return EXIT.done
}

/** Writes `FILE.sig` beside the profile, with the private key of `--key`. */
async function signFile({ args, output, engine }: Context, file: string | undefined): Promise<number> {
  const path = resolve(need(file, 'FILE'))
  const keyPath = need(args.key, '--key')
  const sys = systemOn(engine.places, realSystem())
  const bytes = await readGivenFile(path)
  const read = readProfileBytes(bytes)
  const key = privateKeyOf(textIn(keyPath), keyPath)
  const text = await signProfile(bytes, read, dirname(path), key, sys)
  const target = `${path}.sig`
  const { uid, gid } = sys.identity
  try {
    await sys.replaceFile(target, new TextEncoder().encode(text), {
      ...{ mode: 0o644, uid, gid },
      temporary: `${target}.goready-new`,
    })
  } catch (error) {
    throw writeError(error, target)
  }
  output.document({ type: 'signed', file: path, signature: target, key: keyId(publicOf(key)) })
  output.line(output.text.say('cli:profile.signed', { file: target }))
  return EXIT.done
}

const PRIVATE = 'goready-profile.key'
const PUBLIC = 'goready-profile.pub'

/** Makes a pair of keys in `--out`. What is there already stays. */
async function keys({ args, output }: Context): Promise<number> {
  const folder = resolve(need(args.out, '--out'))
  const { privateKey, publicKey } = newKeys()
  const [secret, open] = [join(folder, PRIVATE), join(folder, PUBLIC)]
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeNew(secret, privateKey, 0o600)
    writeNew(open, `${publicKey}\n`, 0o644)
  } catch (error) {
    throw writeError(error, folder)
  }
  output.document({ type: 'keys', privateKey: secret, publicKey: open, key: publicKey, id: keyId(publicKey) })
  output.line(output.text.say('cli:profile.keys', { secret, open, key: publicKey }))
  return EXIT.done
}

/** What JSON Schema can say of a profile, for editors. */
async function schema({ output }: Context): Promise<number> {
  const whole = profileJsonSchema()
  output.document(whole)
  output.line(JSON.stringify(whole, null, 2))
  return EXIT.done
}

function writeNew(path: string, text: string, mode: number): void {
  let handle: number
  try {
    handle = openSync(path, 'wx', mode)
  } catch (error) {
    if (errno(error) === 'EEXIST') throw new CodedError('profile-key', { path, reason: 'key-there' })
    throw error
  }
  try {
    writeFileSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  // Whatever the umask was.
  chmodSync(path, mode)
}

/** A short text file. Throws `profile-key` {path, reason}. */
function textIn(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new CodedError('profile-key', { path, reason: 'key-missing' }, causeText(error))
  }
}

/** The public key in a file: one line, as `profile keys` writes it. */
function publicKeyIn(path: string): string {
  const text = textIn(path).trim()
  if (!/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/.test(text))
    throw new CodedError('profile-key', { path, reason: 'key-public' })
  return text
}
