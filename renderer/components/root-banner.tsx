import i18next from 'i18next'
import { useAppInfo } from '../store/app-info.ts'
import { useWizard } from '../store/wizard.ts'
import css from './banner.module.css'

/** Says whose files change when the program was started as root. */
export function RootBanner() {
  const { root = null } = useAppInfo()
  const page = useWizard((wizard) => wizard.page)
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
