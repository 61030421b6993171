import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import type { Finding } from '../../electron/contract/note.ts'
import type { Profile } from '../../electron/contract/profile.ts'
import { Commands } from '../components/commands.tsx'
import { useAppInfo } from '../store/app-info.ts'
import { isLocked, useWizard } from '../store/wizard.ts'
import css from './review.module.css'

/** Changes that only an administrator may make: why, and what can be done about it. */
export function AdminNotice({ paths }: { paths: readonly string[] }) {
  const { info, load } = useAppInfo()
  useEffect(() => void load(), [load])
  const opened = useWizard((wizard) => wizard.opened)
  const scope = useWizard((wizard) => wizard.profile.env?.scope)
  const wizard = useWizard.getState()
  // As root it is not the rights that are missing: the file itself cannot be written.
  const root = info?.root != null
  const locked = isLocked(opened?.locked ?? [], 'sources.docker')
  return (
    <section className={css.notice}>
      <h2>
        <span aria-hidden="true">! </span>
        {i18next.t(root ? 'review:admin.rootTitle' : 'review:admin.title')}
      </h2>
      <p>{i18next.t(root ? 'review:admin.rootText' : 'review:admin.text')}</p>
      <ul className="mono">
        {paths.map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
      {!root && (
        <>
          <p>{i18next.t('review:admin.todo')}</p>
          <Commands lines={['sudo goready']} name={i18next.t('review:admin.command')} />
        </>
      )}
      <div className={css.actions}>
        {!locked && (
          <Button variant="default" onClick={() => wizard.edit(withoutDocker)}>
            {i18next.t('review:admin.sources')}
          </Button>
        )}
        {scope === 'system' && (
          <Button variant="default" onClick={() => wizard.go('environment')}>
            {i18next.t('review:admin.environment')}
          </Button>
        )}
      </div>
    </section>
  )
}

/** Changes that the system will ask an administrator's password for, and which those are. */
export function PasswordNotice({ paths }: { paths: readonly string[] }) {
  return (
    <section className={css.notice}>
      <h2>{i18next.t('review:password.title')}</h2>
      <p>{i18next.t('review:password.text')}</p>
      <ul className="mono">
        {paths.map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
    </section>
  )
}

/** The choices with Docker's own source left as it is now; the page plans anew by itself. */
function withoutDocker({ sources: { docker: _docker, ...sources } = {}, ...profile }: Profile): Profile {
  return Object.keys(sources).length === 0 ? profile : { ...profile, sources }
}

/** No engine answers: a run could not begin. */
export function DockerNotice({ findings }: { findings: readonly Finding[] }) {
  const note = findings.find(({ id }) => id === 'docker.state')?.note
  return (
    <section className={css.notice}>
      <h2>
        <span aria-hidden="true">! </span>
        {note === undefined ? '' : i18next.t(note.key, note.values ?? {})}
      </h2>
      <p>{i18next.t('review:docker.missing')}</p>
      <div className={css.actions}>
        <Button variant="default" onClick={() => useWizard.getState().go('check-up')}>
          {i18next.t('run:goTo', { page: i18next.t('wizard:page.check-up.step') })}
        </Button>
      </div>
    </section>
  )
}
