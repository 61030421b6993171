import { Button } from '@mantine/core'
import i18next from 'i18next'
import { request } from '../api.ts'
import { useAppInfo } from '../store/app-info.ts'
import { useWizard } from '../store/wizard.ts'
import { Banner } from './banner.tsx'

/** Says whose files change when the program was started as root. */
export function RootBanner() {
  const { root = null } = useAppInfo()
  const page = useWizard((wizard) => wizard.page)
  // Afterwards it is too late to choose another account.
  if (root === null || page === 'run' || page === 'done') return null
  const title = i18next.t('review:root.title')
  const why = root.behindSudo === null ? 'review:root.other' : 'review:root.sudo'
  return (
    <Banner
      tone="warning"
      label={title}
      end={
        root.offer !== null && (
          <Button variant="default" size="xs" onClick={() => void request('app.forUser', undefined).catch(() => {})}>
            {i18next.t('review:root.offer', { user: root.behindSudo ?? root.offer })}
          </Button>
        )
      }
      title={
        <>
          <span aria-hidden="true">! </span>
          {title}
        </>
      }
    >
      {i18next.t('review:root.text', { home: root.home, why: i18next.t(why, { user: root.behindSudo ?? '' }) })}
    </Banner>
  )
}
