import en from '../../renderer/i18n/en/desk.json'
import zh from '../../renderer/i18n/zh-CN/desk.json'

export type Language = 'zh-CN' | 'en'
export type Words = typeof en

/** What the parts outside the page say: menu, dialogs, notifications. */
export const wordsOf = (language: Language): Words => (language === 'zh-CN' ? zh : en)

/** Puts `{{name}}` values into a sentence. */
export const fill = (sentence: string, values: Readonly<Record<string, string | number>>): string =>
  sentence.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole))

/** What `--lang` said, else what the person chose, else the first language of the system that we speak. */
export function chooseLanguage(given: Language | null, chosen: 'auto' | Language, system: readonly string[]): Language {
  if (given !== null) return given
  if (chosen !== 'auto') return chosen
  const known = system.find((tag) => /^(zh|en)\b/i.test(tag)) ?? 'en'
  return /^zh/i.test(known) ? 'zh-CN' : 'en'
}
