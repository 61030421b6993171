import { splitGoProxy } from '../contract/grammar.ts'
import type { Override } from '../contract/machine.ts'
import type { TargetId } from '../contract/mirror.ts'
import type { Finding } from '../contract/note.ts'
import type { Profile } from '../contract/profile.ts'
import type { Mirror } from '../mirrors/catalogue.ts'
import { endedMirror } from '../mirrors/ended.ts'

/** An address that something sets. `from` null: the profile. */
type Used = { target: TargetId; url: string; from: string | null; counts: boolean }

/**
 * A warning for each place that names a mirror which has ended; a remark where something stronger hides it. What the
 * profile is about to replace (`replaced`) is left out.
 */
export function deadInUse(
  mirrors: readonly Mirror[],
  overrides: readonly Override[],
  replaced: ReadonlySet<TargetId> = new Set(),
): Finding[] {
  const used = overrides.flatMap(({ target, layers }): Used[] => {
    if (target === 'proxy' || replaced.has(target)) return []
    return layers.flatMap(({ value, from, wins }) =>
      addresses(target, value ?? '').map((url) => ({ target, url, from, counts: wins })),
    )
  })
  return findingsOf(mirrors, used)
}

/** A warning for each ended mirror that a profile itself names. */
export function deadInProfile(mirrors: readonly Mirror[], { sources = {} }: Profile): Finding[] {
  const npm = npmAddresses(sources.npm)
  const named: [TargetId, readonly string[]][] = [
    ['go', addresses('go', sources.go ?? '')],
    ['docker', Array.isArray(sources.docker) ? sources.docker : []],
    ['npm', npm],
    ['apt', [sources.apt ?? '']],
    ['pip', [sources.pip ?? '']],
  ]
  const used = named.flatMap(([target, urls]) => urls.map((url): Used => ({ target, url, from: null, counts: true })))
  return findingsOf(mirrors, used)
}

/** The targets whose source a profile sets. */
export function namedTargets({ sources = {} }: Profile): ReadonlySet<TargetId> {
  const all: readonly TargetId[] = ['go', 'docker', 'apt', 'pip']
  const named = all.filter((target) => target in sources)
  const npm = typeof sources.npm === 'string' || sources.npm?.default !== undefined
  return new Set(npm ? [...named, 'npm' as const] : named)
}

const npmAddresses = (npm: NonNullable<Profile['sources']>['npm']): readonly string[] =>
  typeof npm === 'object' ? [npm.default ?? '', ...Object.values(npm.scopes ?? {})] : [npm ?? '']

function addresses(target: TargetId, value: string): readonly string[] {
  if (target === 'go') return splitGoProxy(value).map((entry) => entry.value)
  return value.split(/\s+/).filter((part) => part !== '')
}

function findingsOf(mirrors: readonly Mirror[], used: readonly Used[]): Finding[] {
  const found = used.flatMap(({ target, url, from, counts }): Finding[] => {
    const mirror = endedMirror(mirrors, target, url)
    if (mirror === undefined) return []
    const key = `catalogue:dead.${from === null ? 'profile' : 'place'}${mirror.since === null ? '' : 'Since'}`
    const values = { url: mirror.url, since: mirror.since ?? '', from: from ?? '', target }
    return [{ id: `mirror.dead.${mirror.id}`, severity: counts ? 'warning' : 'info', note: { key, values } }]
  })
  return found.filter((one, at) => found.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === at)
}
