import type { Edit } from '../../contract/plan.ts'
import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { Reader } from '../../core/system.ts'
import { readKeys, readOrNull } from '../read-keys.ts'
import { npmrcFormat } from './text.ts'

/** npm's name for the token of a registry: its address without the scheme, with a slash at the end. */
export function tokenKey(registry: string): string {
  const { host, pathname } = new URL(registry)
  return `//${host}${pathname.replace(/\/*$/, '/')}:_authToken`
}

/**
 * The edit that puts a registry's token into npm's own store, the user's .npmrc, or takes it out (`token` null).
 * A project's file never gets one: it is made to be shared. The edit is `secret`: no view shows its values, and
 * the file ends up readable by its owner alone. Throws `bad-request` for what no token can be.
 */
export async function npmTokenEdits(
  sys: Reader,
  places: Places,
  registry: string,
  token: string | null,
): Promise<readonly Edit[]> {
  // npm's parser makes of three words what is no text.
  if (token !== null && (!/^[A-Za-z0-9._~+/=:@!%&*|-]{1,4096}$/.test(token) || /^(?:null|true|false)$/.test(token)))
    throw new CodedError('bad-request', { request: 'token' })
  const path = places.npm.userconfig
  const key = tokenKey(registry)
  const before = readKeys(npmrcFormat, path, await readOrNull(sys, path)).get(key) ?? null
  if (before === token) return []
  const target = { kind: 'file', path, format: npmrcFormat.id, mode: 0o600, notify: [] } as const
  return [{ target, owner: 'npm', key, before, after: token, secret: true }]
}
