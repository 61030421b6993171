import type { Value } from '../../contract/plan.ts'
import { daemonJsonFormat } from './text.ts'

export const MIRRORS_KEY = 'registry-mirrors'

/** Mirrors as the daemon keeps them: with one slash at the end (moby/moby registry/config.go `ValidateMirror`), each once. */
export function normalized(mirrors: readonly string[]): readonly string[] {
  return [...new Set(mirrors.map((mirror) => `${mirror.replace(/\/$/, '')}/`))]
}

/** Whether the daemon would ask the same mirrors in the same order. */
export function sameMirrors(a: readonly string[], b: readonly string[]): boolean {
  return normalized(a).join('\n') === normalized(b).join('\n')
}

const isText = (value: Value): value is string => typeof value === 'string'

/** The mirrors in a daemon.json; null without the key. Throws `unparsable-file` {line}. */
export function mirrorsIn(bytes: Uint8Array | null): readonly string[] | null {
  const value = daemonJsonFormat.read(bytes).get(MIRRORS_KEY)
  if (value === undefined) return null
  return Array.isArray(value) ? value.filter(isText) : []
}

/**
 * Whether the daemon takes an address as a mirror (moby/moby registry/config.go `ValidateMirror`): with http or https,
 * without a query, a fragment, a name and password, and, before engine 24, without a path.
 */
export function isMirror(mirror: string, before24: boolean): boolean {
  if (mirror !== mirror.trim() || !/^https?:\/\/[^/]/i.test(mirror) || !URL.canParse(mirror)) return false
  const { username, password, search, hash, pathname } = new URL(mirror)
  if (username !== '' || password !== '' || search !== '' || hash !== '') return false
  return !before24 || pathname === '/'
}
