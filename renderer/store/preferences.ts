import { create } from 'zustand'
import type { Preferences } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { firstLanguage } from '../i18n/setup.ts'
import { useLanguage } from './language.ts'

export const FIRST_PREFERENCES: Preferences = { language: 'auto', theme: 'auto', catalogue: null, catalogueUrl: null }

type PreferencesStore = {
  preferences: Preferences
  /** Asks main, unless it has said so already. */
  load(said?: Preferences): Promise<void>
  /** What is seen counts at once; main keeps it all for the next start. Rejects when main could not keep it. */
  change(change: Partial<Preferences>): Promise<void>
}

/** The window's own settings. `--lang` beats the stored language for as long as this window lives. */
export const usePreferences = create<PreferencesStore>((set, get) => ({
  preferences: FIRST_PREFERENCES,
  async load(said) {
    const preferences = said ?? (await request('app.preferences', undefined).catch(() => FIRST_PREFERENCES))
    set({ preferences })
    await useLanguage.getState().choose(spoken(preferences, location.search, navigator.languages))
  },
  async change(change) {
    const kept = get().preferences
    const preferences = { ...kept, ...change }
    // A file or an address may still be refused: it counts when it is kept.
    set({ preferences: { ...preferences, catalogue: kept.catalogue, catalogueUrl: kept.catalogueUrl } })
    if (change.language !== undefined) await useLanguage.getState().choose(spoken(preferences, '', navigator.languages))
    await request('app.savePreferences', preferences)
    set({ preferences: { ...get().preferences, ...change } })
  },
}))

/** The language to speak: what `--lang` said, what was chosen, what the system speaks. */
export function spoken({ language }: Preferences, search: string, wanted: readonly string[]) {
  const asked = new URLSearchParams(search).has('lang')
  return asked || language === 'auto' ? firstLanguage(search, wanted) : language
}
