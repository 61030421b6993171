import i18next from 'i18next'

export const LANGUAGES = ['zh-CN', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

// All but those that come with the teacher's page: room-texts.ts.
const files = import.meta.glob<Record<string, unknown>>(['./*/*.json', '!./*/classroom.json', '!./*/kit.json'], {
  eager: true,
  import: 'default',
})

/** `--lang`, which main puts into the address, else the first language of the system that we speak. */
export function firstLanguage(search: string, wanted: readonly string[]): Language {
  const asked = new URLSearchParams(search).get('lang')
  for (const tag of asked === null ? wanted : [asked]) {
    if (/^zh\b/i.test(tag)) return 'zh-CN'
    if (/^en\b/i.test(tag)) return 'en'
  }
  return 'en'
}

/** Loads every text file and sets the language. Both languages are complete; nothing falls back silently. */
export async function setUpTexts(language: Language): Promise<void> {
  const resources: Record<string, Record<string, Record<string, unknown>>> = {}
  for (const [path, texts] of Object.entries(files)) {
    const [, lang = '', namespace = ''] = /^\.\/([^/]+)\/([^/]+)\.json$/.exec(path) ?? []
    resources[lang] = { ...resources[lang], [namespace]: texts }
  }
  await i18next.init({
    lng: language,
    fallbackLng: false,
    defaultNS: 'wizard',
    resources,
    // React escapes what it shows.
    interpolation: { escapeValue: false },
  })
}
