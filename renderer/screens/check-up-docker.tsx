import { Button, Skeleton } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import type { Note } from '../../electron/contract/note.ts'
import type { DockerHelp } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { Commands } from '../components/commands.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Fold } from '../components/fold.tsx'
import { Problem } from '../components/problem.tsx'
import { useCheckUp } from '../store/check-up.ts'
import { useDockerHelp } from '../store/docker-help.ts'
import { useWizard } from '../store/wizard.ts'

/** How Docker comes onto this machine: a plan of ours, commands to copy, or a download to be led through. */
export function DockerHelpPanel() {
  const { help, askForHelp } = useCheckUp()
  useEffect(() => void askForHelp(), [askForHelp])
  if (help === null)
    return (
      <div className="help" aria-busy="true">
        <p className="faint">{i18next.t('check-up:help.looking')}</p>
        <Skeleton height={72} />
      </div>
    )
  if ('code' in help) {
    const again = () => {
      useCheckUp.setState({ help: null })
      void askForHelp()
    }
    return <Problem error={help} retry={again} />
  }
  switch (help.kind) {
    case 'nothing':
      return <p className="help">{i18next.t('check-up:help.nothing')}</p>
    case 'plan':
      return <PlanHelp help={help} />
    case 'guide':
      return <GuideHelp help={help} />
  }
}

function Steps({ steps }: { steps: readonly Note[] }) {
  return (
    <ol className="help-steps">
      {steps.map((step) => {
        const text = i18next.t(step.key, step.values ?? {})
        return <li key={text}>{text}</li>
      })}
    </ol>
  )
}

function PlanHelp({ help }: { help: DockerHelp & { kind: 'plan' } }) {
  const openPlan = () => {
    useDockerHelp.getState().setPlan(help.planId)
    useWizard.getState().go('review')
  }
  const commands = <Commands lines={help.commands} name={i18next.t('check-up:help.commands')} />
  return (
    <div className="help">
      <p>{i18next.t(help.possible ? 'check-up:help.plan' : 'check-up:help.byHand')}</p>
      <Steps steps={help.steps} />
      {help.possible ? (
        <>
          <Button onClick={openPlan}>{i18next.t('check-up:help.open')}</Button>
          <Fold summary={i18next.t('check-up:help.commands')}>{commands}</Fold>
        </>
      ) : (
        commands
      )}
      {help.relogin && <p className="faint">{i18next.t('check-up:help.relogin')}</p>}
    </div>
  )
}

function GuideHelp({ help }: { help: DockerHelp & { kind: 'guide' } }) {
  const [failed, setFailed] = useState(false)
  const open = () => {
    request('link.open', { url: help.url }).then(
      (opened) => setFailed(!opened),
      () => setFailed(true),
    )
  }
  return (
    <div className="help">
      <p>{i18next.t('check-up:help.guide')}</p>
      <Steps steps={help.steps} />
      <div className="help-link">
        <Button onClick={open}>{i18next.t('check-up:help.download')}</Button>
        <span className="mono">{help.url}</span>
        <CopyButton text={help.url} />
      </div>
      {failed && <p role="alert">{i18next.t('check-up:help.downloadFailed')}</p>}
      {help.reboot && <p className="faint">{i18next.t('check-up:help.reboot')}</p>}
    </div>
  )
}
