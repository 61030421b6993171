import { create } from 'zustand'
import { checkPrivate, type Reason } from '../../electron/contract/grammar.ts'
import type { Profile } from '../../electron/contract/profile.ts'
import { TARGETS, type Target, useSources } from './sources.ts'
import { type Edit, editOf, EMPTY, type ScopeRow, scopesOf, valueOf } from './sources-value.ts'
import { isLocked, useWizard } from './wizard.ts'

type EditStore = Readonly<Record<Target, Edit>> & {
  /** npm's registries per scope. */
  scopes: readonly ScopeRow[]
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
  changeScopes(scopes: readonly ScopeRow[]): void
  changePrivate(text: string): void
  /** By which way images come. */
  changePull(pull: NonNullable<Profile['pull']>): void
}

/** The fields of the sources page. What is usable goes into the choices at once. */
export const useSourcesEdit = create<EditStore>((set, get) => {
  const locked = (field: string) => isLocked(useWizard.getState().opened?.locked ?? [], field)
  const take = (target: Target) => {
    const outcome = valueOf(target, get()[target], useSources.getState().mirrors, get().scopes)
    if ('reason' in outcome || locked(`sources.${target}`)) return
    useWizard.getState().edit(({ sources = {}, ...profile }) => {
      const { [target]: _before, ...others } = sources
      const now = { ...others, ...outcome.sources }
      return Object.keys(now).length === 0 ? profile : { ...profile, sources: now }
    })
    set({ basis: basisOf(useWizard.getState().profile) })
  }
  return {
    go: EMPTY,
    docker: EMPTY,
    npm: EMPTY,
    pip: EMPTY,
    apt: EMPTY,
    scopes: [],
    private: '',
    basis: null,
    start(profile) {
      const basis = basisOf(profile)
      const before = get()
      if (basis === before.basis) return
      const { mirrors } = useSources.getState()
      const scopes = scopesOf(profile.sources)
      const meaning = (target: Target, edit: Edit, rows: readonly ScopeRow[]) =>
        JSON.stringify(valueOf(target, edit, mirrors, rows))
      for (const target of TARGETS) {
        const edit = editOf(target, profile.sources, mirrors)
        if (meaning(target, before[target], before.scopes) === meaning(target, edit, scopes)) continue
        set({ [target]: edit, ...(target === 'npm' ? { scopes } : {}) })
      }
      set({ private: (profile.private ?? []).join(', '), basis })
    },
    change(target, change) {
      set({ [target]: { ...get()[target], ...change } })
      take(target)
    },
    changeScopes(scopes) {
      set({ scopes })
      take('npm')
    },
    changePrivate(text) {
      set({ private: text })
      const patterns = privatePatterns(text)
      if (patterns.some((pattern) => checkPrivate(pattern) !== null) || locked('private')) return
      useWizard
        .getState()
        .edit(({ private: _before, ...profile }) =>
          patterns.length === 0 ? profile : { ...profile, private: patterns },
        )
      set({ basis: basisOf(useWizard.getState().profile) })
    },
    changePull(pull) {
      if (locked('pull')) return
      // `auto` is what a profile without the word means.
      useWizard.getState().edit(({ pull: _before, ...profile }) => (pull === 'auto' ? profile : { ...profile, pull }))
    },
  }
})

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
