import i18next from 'i18next'
import { useEffect } from 'react'
import { useAppInfo } from '../store/app-info.ts'
import { useWizard } from '../store/wizard.ts'
import css from './banner.module.css'

/** Says whose files change when the program was started as root. */
export function RootBanner() {
  const { info, load } = useAppInfo()
  useEffect(() => void load(), [load])
  const page = useWizard((wizard) => wizard.page)
  const root = info?.root ?? null
  // Afterwards it is too late to choose another account.
  if (root === null || page === 'run' || page === 'done') return null
  return (
    <section className={css.banner} data-tone="warning" aria-label={i18next.t('review:root.title')}>
      <p className={css.words}>
        <strong>
          <span aria-hidden="true">! </span>
          {i18next.t('review:root.title')}
        </strong>
        {' · '}
        {i18next.t('review:root.text', { home: root.home })}{' '}
        {root.behindSudo === null
          ? i18next.t('review:root.other')
          : i18next.t('review:root.sudo', { user: root.behindSudo })}
      </p>
    </section>
  )
}
