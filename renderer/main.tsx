import './mantine.css'
import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { App } from './frame/app.tsx'
import { listenToCommands } from './frame/commands.ts'
import { firstLanguage, setUpTexts } from './i18n/setup.ts'
import { useAppInfo } from './store/app-info.ts'
import { usePreferences } from './store/preferences.ts'
import { useTasks } from './store/tasks.ts'
import { useWizard } from './store/wizard.ts'
import { watchMachine } from './store/watch.ts'
import { theme, variables } from './theme.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html holds no #root')

// Filled in by main for each load; the policy lets in no style tag without it.
const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

function Root() {
  const chosen = usePreferences((store) => store.preferences.theme)
  const forced = chosen === 'auto' ? {} : { forceColorScheme: chosen }
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      {...forced}
    >
      <App />
    </MantineProvider>
  )
}

await setUpTexts(firstLanguage(location.search, navigator.languages))
// Language, page and choices first: a page that jumps to another one after a moment is worse than the moment.
await Promise.all([
  usePreferences.getState().load(),
  useWizard.getState().load(),
  // Says whether the page begins with a warning.
  useAppInfo.getState().load(),
])
listenToCommands()
watchMachine()
useTasks
  .getState()
  .listen()
  .catch(() => {})
createRoot(root).render(<Root />)
