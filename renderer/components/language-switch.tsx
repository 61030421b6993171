import i18next from 'i18next'
import { LANGUAGES } from '../i18n/setup.ts'
import { useLanguage } from '../store/language.ts'
import { usePreferences } from '../store/preferences.ts'

const NAMES = { 'zh-CN': ['中', '中文'], en: ['EN', 'English'] } as const

/** 中/EN, each in its own language, so that nobody has to read the other one to find it. */
export function LanguageSwitch() {
  const language = useLanguage((store) => store.language)
  const change = usePreferences((store) => store.change)
  return (
    <div className="languages" role="group" aria-label={i18next.t('wizard:tools.language')}>
      {LANGUAGES.map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          aria-label={NAMES[one][1]}
          aria-pressed={one === language}
          onClick={() => void change({ language: one }).catch(() => {})}
        >
          {NAMES[one][0]}
        </button>
      ))}
    </div>
  )
}
