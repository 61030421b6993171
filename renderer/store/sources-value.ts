import { checkGoProxy, checkUrl, type ProfileReason, splitGoProxy } from '../../electron/contract/grammar.ts'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import type { Profile } from '../../electron/contract/profile.ts'
import { sameAddress } from './checks.ts'
import type { Target } from './sources.ts'

/** `keep`: the profile says nothing, so nothing is touched; `mirror:ID` is one of the catalogue. */
export type Kind = 'keep' | 'auto' | 'official' | 'direct' | 'own' | 'list' | `mirror:${string}`
export type Entry = { value: string; separator: ',' | '|' }

/** What stands in the fields of one target. It may be unusable for now; then the choices keep their last good value. */
export type Edit = {
  kind: Kind
  own: string
  list: readonly Entry[]
  /** An address for the list that is not in it yet. */
  draft: string
}

/** npm: the registry of one scope, as it is typed. */
export type ScopeRow = { id: number; scope: string; url: string }

type Sources = NonNullable<Profile['sources']>

export const EMPTY: Edit = { kind: 'auto', own: '', list: [], draft: '' }

/** What is chosen for a target: a word, an address or several; `keep` where the profile says nothing. */
export function sourceOf(sources: Profile['sources'], target: Target): string | readonly string[] {
  const value = sources?.[target]
  if (typeof value === 'object' && 'map' in value) return value
  if (typeof value === 'object') return value.default ?? 'keep'
  return value ?? 'keep'
}

/** What a target's fields come to: the part of the profile, or why they cannot be used yet. */
export function valueOf(
  target: Target,
  edit: Edit,
  mirrors: readonly MirrorView[],
  scopes: readonly ScopeRow[] = [],
): { sources: Sources } | { reason: ProfileReason } {
  const value = plainValue(target, edit, mirrors)
  if (typeof value === 'object' && 'reason' in value) return value
  if (target !== 'npm') return { sources: value === 'keep' ? {} : { [target]: value } }
  const source = typeof value === 'string' && value !== 'keep' ? value : undefined
  const used = scopes.filter(({ scope, url }) => scope.trim() !== '' || url.trim() !== '')
  const reason = used.map((row) => scopeReason(row, used)).find((one) => one !== null)
  if (reason) return { reason: reason.reason }
  if (used.length === 0) return { sources: source === undefined ? {} : { npm: source } }
  const byScope = Object.fromEntries(used.map(({ scope, url }) => [scope.trim(), url.trim()]))
  return { sources: { npm: { ...(source === undefined ? {} : { default: source }), scopes: byScope } } }
}

const SCOPE = /^@[a-z0-9~-][a-z0-9._~-]*$/

/** What is wrong with a scope's row, and in which of its fields; null also for one that is still empty. */
export function scopeReason(
  row: ScopeRow,
  rows: readonly ScopeRow[],
): { field: 'scope' | 'url'; reason: ProfileReason } | null {
  const [scope, url] = [row.scope.trim(), row.url.trim()]
  if (scope === '' && url === '') return null
  if (!SCOPE.test(scope)) return { field: 'scope', reason: scope === '' ? 'empty' : 'bad-pattern' }
  if (rows.find((one) => one.scope.trim() === scope) !== row) return { field: 'scope', reason: 'given-twice' }
  const reason = checkUrl(url)
  return reason === null ? null : { field: 'url', reason }
}

function plainValue(
  target: Target,
  { kind, own, list }: Edit,
  mirrors: readonly MirrorView[],
): string | string[] | { reason: ProfileReason } {
  if (kind === 'keep' || kind === 'auto' || kind === 'official' || kind === 'direct') return kind
  if (target === 'go') {
    const value = kind === 'own' ? own.trim() : kind === 'list' ? listText(list) : goChain(urlOf(kind, mirrors))
    const reason = kind === 'own' ? checkUrl(value) : checkGoProxy(value)
    return reason === null ? value : { reason }
  }
  if (target !== 'docker') {
    const value = kind === 'own' ? own.trim() : urlOf(kind, mirrors)
    const reason = checkUrl(value)
    return reason === null ? value : { reason }
  }
  const urls = kind === 'own' ? [own.trim()] : kind === 'list' ? list.map(({ value }) => value) : [urlOf(kind, mirrors)]
  const reason = urls.length === 0 ? 'empty' : (urls.map(checkUrl).find((one) => one !== null) ?? null)
  return reason === null ? urls : { reason }
}

const urlOf = (kind: Kind, mirrors: readonly MirrorView[]): string =>
  mirrors.find(({ id }) => kind === `mirror:${id}`)?.url ?? ''

/** A mirror and what to do without it: `|` goes on after any error, a comma only after "not found". */
const goChain = (url: string): string => (url === '' ? '' : `${url}|direct`)

/** The GOPROXY text of a list; the last entry has nothing behind it. */
export const listText = (list: readonly Entry[]): string =>
  list.map(({ value, separator }, at) => (at === list.length - 1 ? value : `${value}${separator}`)).join('')

/** The fields of a target as a profile fills them. */
export function editOf(target: Target, sources: Profile['sources'], mirrors: readonly MirrorView[]): Edit {
  const value = sourceOf(sources, target)
  if (typeof value !== 'string') return severalEdit(target, value, mirrors)
  if (value === 'keep' || value === 'auto' || value === 'official') return { ...EMPTY, kind: value }
  return target === 'go' ? goEdit(value, mirrors) : severalEdit(target, [value], mirrors)
}

const knownAs = (target: Target, address: string, mirrors: readonly MirrorView[]): MirrorView | undefined =>
  mirrors.find((mirror) => mirror.target === target && sameAddress(mirror.url, address))

function goEdit(value: string, mirrors: readonly MirrorView[]): Edit {
  if (value === 'direct') return { ...EMPTY, kind: value }
  const list = splitGoProxy(value).map((entry) => ({ value: entry.value, separator: entry.separator ?? '|' }) as const)
  const [first, second, ...others] = list
  const known = first && knownAs('go', first.value, mirrors)
  if (known && second?.value === 'direct' && first.separator === '|' && others.length === 0)
    return { kind: `mirror:${known.id}`, own: '', list, draft: '' }
  if (first && second === undefined && checkUrl(first.value) === null)
    return { kind: 'own', own: first.value, list, draft: '' }
  return { kind: 'list', own: '', list, draft: '' }
}

function severalEdit(target: Target, value: readonly string[], mirrors: readonly MirrorView[]): Edit {
  const list = value.map((url) => ({ value: url, separator: ',' }) as const)
  const [first, ...others] = value
  if (first === undefined) return { ...EMPTY, kind: 'official' }
  if (others.length > 0) return { kind: 'list', own: '', list, draft: '' }
  const known = knownAs(target, first, mirrors)
  return known ? { kind: `mirror:${known.id}`, own: '', list, draft: '' } : { kind: 'own', own: first, list, draft: '' }
}

let lastId = 0
export const newScope = (scope = '', url = ''): ScopeRow => ({ id: ++lastId, scope, url })

/** npm's scopes as rows to type in. */
export const scopesOf = (sources: Profile['sources']): readonly ScopeRow[] =>
  typeof sources?.npm === 'object'
    ? Object.entries(sources.npm.scopes ?? {}).map(([scope, url]) => newScope(scope, url))
    : []
