import { Button } from '@mantine/core'
import i18next from 'i18next'
import { willDo } from '../../electron/contract/profile-summary.ts'
import { useWizard } from '../store/wizard.ts'
import { Banner } from './banner.tsx'
import css from './banner.module.css'
import { signatureText, WillList } from './profile-will.tsx'
import will from './profile-will.module.css'

/** Says which profile was opened, who vouches for it, what its author closed, and what it would do. */
export function ProfileBanner() {
  const opened = useWizard((wizard) => wizard.opened)
  const page = useWizard((wizard) => wizard.page)
  const profile = useWizard((wizard) => wizard.profile)
  const leave = useWizard((wizard) => wizard.leave)
  // What runs or has run is no longer a matter of choice.
  if (opened === null || page === 'run' || page === 'done') return null
  const { name, locked, remark, signature } = opened
  const count = willDo(profile).length
  return (
    <Banner
      label={i18next.t('review:profile.label')}
      title={i18next.t('review:profile.opened', { name })}
      end={
        <>
          <Button variant="default" size="compact-sm" onClick={leave}>
            {i18next.t('review:profile.close')}
          </Button>
          {page === 'review' && count > 0 && (
            <details className={will.fold}>
              <summary>{i18next.t('profile:will.title', { count })}</summary>
              <WillList profile={profile} />
            </details>
          )}
        </>
      }
    >
      {remark !== null && remark !== '' && (
        <>
          <em className={css.remark}>{remark}</em>
          {' · '}
        </>
      )}
      {signature !== undefined && signature.state !== 'none' && `${signatureText(signature)} `}
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
