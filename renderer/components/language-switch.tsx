import { LANGUAGES } from '../i18n/setup.ts'
import { useLanguage } from '../store/language.ts'

const NAMES = { 'zh-CN': '中文', en: 'English' }

export function LanguageSwitch() {
  const { language, choose } = useLanguage()
  return (
    <div className="languages" role="group" aria-label="语言 / Language">
      {LANGUAGES.map((one) => (
        <button key={one} type="button" lang={one} aria-pressed={one === language} onClick={() => void choose(one)}>
          {NAMES[one]}
        </button>
      ))}
    </div>
  )
}
