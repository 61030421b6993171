import type { RightsChange } from '../../../contract/plan.ts'
import { folderOf, under } from '../../../core/paths.ts'
import type { DoctorContext, Found } from '../../check.ts'
import { toBinary } from '../../../settings/binary.ts'
import { readOrNull } from '../../../settings/read-keys.ts'
import { shellWord } from './shell-word.ts'
import type { Written } from './written-places.ts'

/** What says that a file of a tool holds a password or a token in full; `${NAME}` is only the name of one. */
const NPM = /^[^;#\n]*(?:_authToken|_auth|_password)\s*=(?=(\s*))\1(?!"?\$\{)\S/m
const NETRC = /(?:^|\s)password\s+\S/
const DOCKER = /"(?:auth|identitytoken|password)"\s*:\s*"[^"]/

/** Files with a password that everybody on this machine can read, and the folders to them as well. */
export async function openSecrets(own: readonly Written[], context: DoctorContext): Promise<readonly Found[]> {
  const { places } = context
  const holders: readonly (readonly [string, RegExp])[] = [
    [places.npm.userconfig, NPM],
    [places.netrc, NETRC],
    [under(places.docker.configDir, 'config.json'), DOCKER],
  ]
  const found = await Promise.all(
    holders.map(async ([path, secret]) => {
      const one = own.find((other) => other.path === path)
      return one === undefined ? null : openSecret(one, secret, context)
    }),
  )
  return found.filter((one) => one !== null)
}

async function openSecret(
  { path, real, stat }: Written,
  secret: RegExp,
  { sys }: DoctorContext,
): Promise<Found | null> {
  // A group is often the user's own and nobody else's.
  if (stat.kind !== 'file' || (stat.mode & 0o004) === 0 || stat.links > 1) return null
  const bytes = await readOrNull(sys, real)
  if (bytes === null || !secret.test(toBinary(bytes))) return null
  for (let at = folderOf(real); at !== folderOf(at); at = folderOf(at)) {
    const folder = await sys.lstat(at)
    if (folder === null || (folder.mode & 0o001) === 0) return null
  }
  const { mode, uid, gid } = stat
  const changes: readonly RightsChange[] = [
    { kind: 'rights', path: real, before: { mode, uid, gid }, after: { mode: 0o600, uid, gid }, admin: false },
  ]
  return {
    code: 'files.secrets-open',
    severity: 'warning',
    subject: path,
    values: { path, mode: mode.toString(8), command: `chmod 600 ${shellWord(path)}` },
    evidence: [`${real}: ${uid}:${gid} ${mode.toString(8)}`],
    repairs: [{ kind: 'changes', note: { key: 'doctor-files:repair.private', values: { path } }, safe: true, changes }],
  }
}
