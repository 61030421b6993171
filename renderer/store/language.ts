import i18next from 'i18next'
import { create } from 'zustand'
import type { Language } from '../i18n/setup.ts'

type LanguageStore = { language: Language; choose(language: Language): Promise<void> }

/** The page's language. `lang` is set on the document too: it decides shapes of Han and the reading voice. */
export const useLanguage = create<LanguageStore>((set) => ({
  language: 'zh-CN',
  async choose(language) {
    await i18next.changeLanguage(language)
    document.documentElement.lang = language
    set({ language })
  },
}))
