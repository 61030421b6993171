import { create } from 'zustand'
import { checkGoProxy, checkPrivate, checkUrl, type Reason, splitGoProxy } from '../../electron/contract/grammar.ts'
import type { Profile } from '../../electron/contract/profile.ts'
import type { MirrorView } from '../../electron/contract/mirror.ts'
import { sameAddress } from './checks.ts'
import { type Target, useSources } from './sources.ts'
import { isLocked, useWizard } from './wizard.ts'

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

type EditStore = {
  go: Edit
  docker: Edit
  /** GOPRIVATE patterns as they are typed, with commas. */
  private: string
  /** The choices that these fields were filled from or have changed; null before the first time. */
  basis: string | null
  /**
   * Takes over what the choices hold. What was typed stays, also when it is not usable yet, unless the choices
   * were changed or replaced by something else since.
   */
  start(profile: Profile): void
  change(target: Target, change: Partial<Edit>): void
  changePrivate(text: string): void
}

const EMPTY: Edit = { kind: 'auto', own: '', list: [], draft: '' }

/** The fields of the sources page. What is usable goes into the choices at once. */
export const useSourcesEdit = create<EditStore>((set, get) => ({
  go: EMPTY,
  docker: EMPTY,
  private: '',
  basis: null,
  start(profile) {
    const basis = basisOf(profile)
    if (basis === get().basis) return
    const { mirrors } = useSources.getState()
    const before = get()
    const keep = (target: Target, edit: Edit) =>
      JSON.stringify(valueOf(target, before[target], mirrors)) === JSON.stringify(valueOf(target, edit, mirrors))
        ? before[target]
        : edit
    set({
      go: keep('go', goEdit(profile.sources?.go ?? 'keep', mirrors)),
      docker: keep('docker', dockerEdit(profile.sources?.docker ?? 'keep', mirrors)),
      private: (profile.private ?? []).join(', '),
      basis,
    })
  },
  change(target, change) {
    const edit = { ...get()[target], ...change }
    set(target === 'go' ? { go: edit } : { docker: edit })
    const { opened, edit: choose } = useWizard.getState()
    const outcome = valueOf(target, edit, useSources.getState().mirrors)
    if ('reason' in outcome || isLocked(opened?.locked ?? [], `sources.${target}`)) return
    choose(({ sources = {}, ...profile }) => {
      const { [target]: _before, ...others } = sources
      const now = { ...others, ...outcome.sources }
      return Object.keys(now).length === 0 ? profile : { ...profile, sources: now }
    })
    set({ basis: basisOf(useWizard.getState().profile) })
  },
  changePrivate(text) {
    set({ private: text })
    const { opened, edit } = useWizard.getState()
    const patterns = privatePatterns(text)
    if (patterns.some((pattern) => checkPrivate(pattern) !== null) || isLocked(opened?.locked ?? [], 'private')) return
    edit(({ private: _before, ...profile }) => (patterns.length === 0 ? profile : { ...profile, private: patterns }))
    set({ basis: basisOf(useWizard.getState().profile) })
  },
}))

/** What of the choices these fields show, and which set of choices it is. */
const basisOf = ({ sources, private: patterns }: Profile): string =>
  JSON.stringify([useWizard.getState().turn, sources ?? null, patterns ?? null])

export const privatePatterns = (text: string): string[] =>
  text
    .split(/[,，\s]+/)
    .map((part) => part.trim())
    .filter(Boolean)

export const privateReason = (text: string): Reason | null =>
  privatePatterns(text)
    .map(checkPrivate)
    .find((reason) => reason !== null) ?? null

/** What a target's fields come to: the part of the profile, or why they cannot be used yet. */
export function valueOf(
  target: Target,
  edit: Edit,
  mirrors: readonly MirrorView[],
): { sources: NonNullable<Profile['sources']> } | { reason: Reason } {
  const { kind, own, list } = edit
  if (kind === 'keep') return { sources: {} }
  if (kind === 'auto' || kind === 'official') return { sources: { [target]: kind } }
  if (kind === 'direct') return { sources: { go: 'direct' } }
  if (target === 'go') {
    const value = kind === 'own' ? own.trim() : kind === 'list' ? listText(list) : goChain(urlOf(kind, mirrors))
    const reason = kind === 'own' ? checkUrl(value) : checkGoProxy(value)
    return reason === null ? { sources: { go: value } } : { reason }
  }
  const urls = kind === 'own' ? [own.trim()] : kind === 'list' ? list.map(({ value }) => value) : [urlOf(kind, mirrors)]
  const reason = urls.length === 0 ? 'empty' : (urls.map(checkUrl).find((one) => one !== null) ?? null)
  return reason === null ? { sources: { docker: urls } } : { reason }
}

const urlOf = (kind: Kind, mirrors: readonly MirrorView[]): string =>
  mirrors.find(({ id }) => kind === `mirror:${id}`)?.url ?? ''

/** A mirror and what to do without it: `|` goes on after any error, a comma only after "not found". */
const goChain = (url: string): string => (url === '' ? '' : `${url}|direct`)

/** The GOPROXY text of a list; the last entry has nothing behind it. */
export const listText = (list: readonly Entry[]): string =>
  list.map(({ value, separator }, at) => (at === list.length - 1 ? value : `${value}${separator}`)).join('')

function goEdit(value: string, mirrors: readonly MirrorView[]): Edit {
  if (value === 'keep' || value === 'auto' || value === 'official' || value === 'direct')
    return { ...EMPTY, kind: value }
  const list = splitGoProxy(value).map((entry) => ({ value: entry.value, separator: entry.separator ?? '|' }) as const)
  const [first, second, ...others] = list
  const known = first && mirrors.find(({ target, url }) => target === 'go' && sameAddress(url, first.value))
  if (known && second?.value === 'direct' && first.separator === '|' && others.length === 0)
    return { kind: `mirror:${known.id}`, own: '', list, draft: '' }
  if (first && second === undefined && checkUrl(first.value) === null)
    return { kind: 'own', own: first.value, list, draft: '' }
  return { kind: 'list', own: '', list, draft: '' }
}

function dockerEdit(value: 'keep' | 'auto' | 'official' | readonly string[], mirrors: readonly MirrorView[]): Edit {
  if (typeof value === 'string') return { ...EMPTY, kind: value }
  const list = value.map((url) => ({ value: url, separator: ',' }) as const)
  const [first, ...others] = value
  if (first === undefined) return { ...EMPTY, kind: 'official' }
  if (others.length > 0) return { kind: 'list', own: '', list, draft: '' }
  const known = mirrors.find(({ target, url }) => target === 'docker' && sameAddress(url, first))
  return known ? { kind: `mirror:${known.id}`, own: '', list, draft: '' } : { kind: 'own', own: first, list, draft: '' }
}
