import { createRoot } from 'react-dom/client'
import { firstLanguage, setUpTexts } from './i18n/setup.ts'
import { CheckUp } from './screens/check-up.tsx'
import { useLanguage } from './store/language.ts'

const language = firstLanguage(location.search, navigator.languages)
const root = document.getElementById('root')
if (root === null) throw new Error('index.html holds no #root')
await setUpTexts(language)
await useLanguage.getState().choose(language)
createRoot(root).render(<CheckUp />)
