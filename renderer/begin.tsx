import './mantine.css'
import { MantineProvider } from '@mantine/core'
import { createRoot } from 'react-dom/client'
import { App } from './frame/app.tsx'
import { listenToCommands } from './frame/commands.ts'
import { firstAnswers } from './api.ts'
import { firstLanguage, setUpTexts } from './i18n/setup.ts'
import { useAppInfo } from './store/app-info.ts'
import { usePreferences } from './store/preferences.ts'
import { openGiven } from './store/given.ts'
import { onceAFrame } from './store/run-frame.ts'
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

const start = firstAnswers()
await setUpTexts(firstLanguage(location.search, navigator.languages))
// Language, page and choices first: a page that jumps to another one after a moment is worse than the moment.
await Promise.all([
  usePreferences.getState().load(start?.preferences),
  loadChoices(start?.fresh ?? false, start !== null),
  // Whether the page begins with a warning.
  start === null ? useAppInfo.getState().load() : useAppInfo.setState({ root: start.root }),
])
listenToCommands()
createRoot(root).render(<Root />)
// Main answers nothing before it has loaded much: after the first picture, in which nothing depends on it.
afterPicture(() => {
  watchMachine()
  useTasks
    .getState()
    .listen()
    .catch(() => {})
})

/** `fresh`: main has said that there is nothing to load. */
async function loadChoices(fresh: boolean, started: boolean): Promise<void> {
  await useWizard.getState().load(fresh, started)
  if (!fresh) await openGiven()
}

/** Calls `work` when the next picture is drawn; soon, where none is drawn. */
function afterPicture(work: () => void): void {
  const now = onceAFrame(() => setTimeout(work))
  now.ask()
}
