import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useWizard } from '../store/wizard.ts'
import { Banner } from './banner.tsx'
import css from './banner.module.css'

/** Says which profile was opened and what its author closed. */
export function ProfileBanner() {
  const opened = useWizard((wizard) => wizard.opened)
  const page = useWizard((wizard) => wizard.page)
  const reset = useWizard((wizard) => wizard.reset)
  // What runs or has run is no longer a matter of choice.
  if (opened === null || page === 'run' || page === 'done') return null
  const { name, locked, remark } = opened
  return (
    <Banner
      label={i18next.t('review:profile.label')}
      title={i18next.t('review:profile.opened', { name })}
      end={
        <Button variant="default" size="compact-sm" onClick={reset}>
          {i18next.t('review:profile.close')}
        </Button>
      }
    >
      {remark !== null && remark !== '' && (
        <>
          <em className={css.remark}>{remark}</em>
          {' · '}
        </>
      )}
      {locked.length === 0
        ? i18next.t('review:profile.unlocked')
        : i18next.t('review:profile.locked', { fields: locked.map(fieldName).join(i18next.t('review:and')) })}
    </Banner>
  )
}

/** A locked field in words; a name of its own inside (`env.set.GOFLAGS`) stays as it is. */
function fieldName(field: string): string {
  const key = `review:profile.field.${field.replaceAll('.', '_')}`
  return i18next.exists(key) ? i18next.t(key) : field
}
