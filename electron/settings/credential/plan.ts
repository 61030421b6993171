import type { Credential } from '../../contract/credential.ts'
import type { Edit, Target } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import { under } from '../../core/paths.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { npmTokenEdits } from '../npm/credential.ts'
import { readKeys, readOrNull } from '../read-keys.ts'
import { credentialStore, dockerConfigFormat } from './docker-config.ts'
import { fitsNetrc, netrcFormat } from './netrc.ts'

/**
 * Puts a name and a password into the store of the tool that asks for them: `.netrc` for go and pip, `_authToken` in
 * npm's `.npmrc`, `auths` of Docker's config.json. Throws `credential-store` {store, host} where a program of Docker's keeps them, `bad-credential`
 * {reason}, `unparsable-file`.
 */
export async function planCredential(credential: Credential, places: Places, sys: Reader): Promise<readonly Edit[]> {
  const { target, url, login, secret } = credential
  if (target === 'npm') return npmTokenEdits(sys, places, url, secret)
  if (target === 'docker') return dockerLogin(new URL(url).host, login, secret, places, sys)
  const { hostname } = new URL(url)
  // Nobody but curl reads a quoted word there, so one with a space can't be written.
  if (!fitsNetrc(login) || !fitsNetrc(secret))
    throw new CodedError('bad-credential', { reason: 'setting:credential.reason.space' })
  const path = places.netrc
  const before = readKeys(netrcFormat, path, await readOrNull(sys, path)).get(hostname) ?? null
  const after = { login, password: secret }
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  const place: Target = { kind: 'file', path, format: 'netrc', mode: 0o600, notify: [] }
  return [{ target: place, owner: 'credential', key: hostname, before, after, secret: true }]
}

async function dockerLogin(
  host: string,
  login: string,
  secret: string,
  places: Places,
  sys: Reader,
): Promise<readonly Edit[]> {
  if (login.includes(':')) throw new CodedError('bad-credential', { reason: 'setting:credential.reason.colon' })
  const path = under(places.docker.configDir, 'config.json')
  const bytes = await readOrNull(sys, path)
  const before = readKeys(dockerConfigFormat, path, bytes).get(host) ?? null
  const store = credentialStore(bytes, host)
  if (store !== null) throw new CodedError('credential-store', { store, host })
  const after = Buffer.from(`${login}:${secret}`).toString('base64')
  if (before === after) return []
  const target: Target = { kind: 'file', path, format: 'docker-config', mode: 0o600, notify: [] }
  return [{ target, owner: 'credential', key: host, before, after, secret: true }]
}
