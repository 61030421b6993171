import { ActionIcon } from '@mantine/core'
import i18next from 'i18next'
import { LanguageSwitch } from '../components/language-switch.tsx'
import { AboutDialog } from '../screens/about.tsx'
import { ClassroomDialog } from '../screens/classroom-dialog.tsx'
import { HistoryDialog } from '../screens/history.tsx'
import { SettingsDialog } from '../screens/settings.tsx'
import { useRoomRun } from '../store/classroom-run.ts'
import { useDialog } from '../store/dialog.ts'
import { usePreferences } from '../store/preferences.ts'
import { ClockIcon, GearIcon, InfoIcon, MoonIcon, RoomIcon, SunIcon, HalfIcon } from '../components/icons.tsx'

const NEXT_THEME = { auto: 'light', light: 'dark', dark: 'auto' } as const
const THEME_ICON = { auto: HalfIcon, light: SunIcon, dark: MoonIcon }

/** Language, theme, classroom, history, settings and about, at the top right of every page. */
export function Tools() {
  const { preferences, change } = usePreferences()
  const { dialog, show } = useDialog()
  const Theme = THEME_ICON[preferences.theme]
  const theme = i18next.t('wizard:tools.theme', { theme: i18next.t(`wizard:tools.themes.${preferences.theme}`) })
  const settings = i18next.t('wizard:tools.settings')
  const history = i18next.t('history:open')
  const running = useRoomRun(({ errand }) => errand.step === 'running')
  const classroom = i18next.t(running ? 'wizard:tools.classroomRunning' : 'wizard:tools.classroom')
  const about = i18next.t('wizard:tools.about')
  // A preference that main can't keep still counts in this window.
  const nextTheme = () => void change({ theme: NEXT_THEME[preferences.theme] }).catch(() => {})
  return (
    <div className="tools">
      <LanguageSwitch />
      <ActionIcon variant="subtle" aria-label={theme} title={theme} onClick={nextTheme}>
        <Theme />
      </ActionIcon>
      <ActionIcon
        variant={running ? 'light' : 'subtle'}
        aria-label={classroom}
        title={classroom}
        onClick={() => show('classroom')}
      >
        <RoomIcon />
      </ActionIcon>
      <ActionIcon variant="subtle" aria-label={history} title={history} onClick={() => show('history')}>
        <ClockIcon />
      </ActionIcon>
      <ActionIcon variant="subtle" aria-label={settings} title={settings} onClick={() => show('settings')}>
        <GearIcon />
      </ActionIcon>
      <ActionIcon variant="subtle" aria-label={about} title={about} onClick={() => show('about')}>
        <InfoIcon />
      </ActionIcon>
      <SettingsDialog opened={dialog === 'settings'} onClose={() => show(null)} />
      <HistoryDialog opened={dialog === 'history'} onClose={() => show(null)} />
      <ClassroomDialog opened={dialog === 'classroom'} onClose={() => show(null)} />
      <AboutDialog opened={dialog === 'about'} onClose={() => show(null)} />
    </div>
  )
}
