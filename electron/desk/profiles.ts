import { stringify } from 'yaml'
import type { Profile } from '../contract/profile.ts'
import type { OpenedProfile } from '../contract/wizard.ts'
import { CodedError, writeError } from '../core/errors.ts'
import { folderOf, nameOf, under } from '../core/paths.ts'
import { readState } from '../core/plan.ts'
import type { Places } from '../core/places.ts'
import type { Reader, System } from '../core/system.ts'
import { trustProfile } from './trusted-profile.ts'

/** Bytes of the largest file that is read for a person; a profile has a few kilobytes. */
const MAX_FILE = 1024 * 1024

/** The bytes of a text file that a person named. Throws `bad-arguments` where it cannot be read, `not-a-file`. */
export async function readGiven(path: string, sys: Reader): Promise<Uint8Array> {
  const refused = (): CodedError => new CodedError('bad-arguments', { reason: 'cli:reason.file', path })
  const real = await sys.resolve(path)
  const stat = await sys.lstat(real)
  if (stat === null) throw refused()
  if (stat.kind !== 'file') throw new CodedError('not-a-file', { path })
  if (stat.size > MAX_FILE) throw new CodedError('bad-profile', { line: 1, key: '', reason: 'too-long' })
  try {
    return await sys.readFile(real)
  } catch {
    throw refused()
  }
}

/**
 * A text that was dropped has no place, and so no signature. Throws `bad-profile` {line, key, reason} and what
 * `trustProfile` throws.
 */
export async function openProfile(
  name: string,
  content: string | { bytes: Uint8Array; path: string },
  sys: Reader,
  places: Pick<Places, 'platform' | 'policies'>,
): Promise<OpenedProfile> {
  const given =
    typeof content === 'string'
      ? { name, bytes: new TextEncoder().encode(content), path: null, folder: null }
      : { name, ...content, folder: folderOf(content.path) }
  const { profile, signature } = await trustProfile(given, sys, places)
  return { name, profile, locked: [...(profile.locked ?? [])], remark: profile.remark ?? null, signature }
}

/** A profile as a file for other people, with `header` as its first comment lines. */
export function profileText(profile: Profile, header: string): string {
  const comment = header.split('\n').map((line) => (line === '' ? '#' : `# ${line}`))
  return `${comment.join('\n')}\n${stringify(profile, { lineWidth: 0 })}`
}

/** Writes a file that the person chose in a dialog, whole or not at all. Throws writing errors with its path. */
export async function writeChosen(path: string, text: string, sys: System): Promise<void> {
  const real = await sys.resolve(path)
  const before = await readState(real, sys)
  const { mode, uid, gid } = before ?? { mode: 0o644, ...sys.identity }
  const temporary = under(folderOf(real), `.${nameOf(real)}.goready-new`)
  try {
    await sys.replaceFile(real, new TextEncoder().encode(text), { mode, uid, gid, temporary })
  } catch (error) {
    throw writeError(error, path)
  }
}
