import { Skeleton } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { LockedNote, useLock } from '../components/locked.tsx'
import { usePlainBar } from '../frame/plain-bar.ts'
import { useSoFar } from '../frame/so-far.ts'
import type { PageView } from '../page.ts'
import { useCheckUp } from '../store/check-up.ts'
import { pathProblem, rowProblem, SHELLS, useEnvironment } from '../store/environment.ts'
import { useWizard } from '../store/wizard.ts'
import { OwnPaths } from './environment-paths.tsx'
import { GoSettings } from './environment-go.tsx'
import { OwnVariables } from './environment-variables.tsx'

/** The fourth page: what will be set, where it comes from now, and variables of one's own. */
export const environmentPage: PageView = {
  id: 'environment',
  Body,
  useBar() {
    const soFar = useSoFar('env')
    const { rows, paths } = useEnvironment()
    const profile = useWizard((wizard) => wizard.profile)
    const wrong =
      rows.some((row) => rowProblem(row, rows, profile) !== null) || paths.some((path) => pathProblem(path) !== null)
    return usePlainBar(wrong ? i18next.t('environment:wrong') : soFar, { blocked: wrong })
  },
  useChosen() {
    const env = useWizard((wizard) => wizard.profile.env)
    const own = Object.keys(env?.set ?? {}).length + (env?.path?.length ?? 0)
    return own === 0 ? i18next.t('environment:chosenNone') : i18next.t('environment:chosen', { count: own })
  },
}

function Body() {
  const start = useEnvironment((environment) => environment.start)
  useEffect(() => start(useWizard.getState().profile), [start])
  const looking = useCheckUp((store) => store.checkUp.step === 'looking')
  if (looking)
    return (
      <div aria-busy="true">
        <Skeleton height={96} mb={8} />
        <Skeleton height={72} mb={8} />
        <Skeleton height={72} />
      </div>
    )
  return (
    <>
      <GoSettings />
      <Scope />
      <Shells />
      <OwnVariables />
      <OwnPaths />
    </>
  )
}

function Scope() {
  return (
    <fieldset className="env-part">
      <legend>{i18next.t('environment:scope')}</legend>
      <label className="env-choice">
        <input type="radio" name="scope" checked readOnly />
        {i18next.t('environment:scopeUser')}
      </label>
      <label className="env-choice faint">
        <input type="radio" name="scope" disabled />
        {i18next.t('environment:scopeSystem')}
      </label>
      <LockedNote field="env.scope" />
    </fieldset>
  )
}

function Shells() {
  const checkUp = useCheckUp((store) => store.checkUp)
  const chosen = useWizard((wizard) => wizard.profile.env?.shells)
  const toggle = useEnvironment((environment) => environment.toggleShell)
  const { locked } = useLock('env.shells')
  const found = checkUp.step === 'seen' ? checkUp.machine.shells : []
  const installed = SHELLS.filter((shell) => found.some(({ id }) => id === shell))
  const ticked = chosen ?? installed
  return (
    <fieldset className="env-part">
      <legend>{i18next.t('environment:shells')}</legend>
      {SHELLS.map((shell) => {
        const there = installed.includes(shell)
        return (
          <label key={shell} className={there ? 'env-choice' : 'env-choice faint'}>
            <input
              type="checkbox"
              checked={ticked.includes(shell)}
              // One that a profile names may be taken off, installed or not.
              disabled={locked || (!there && !ticked.includes(shell))}
              onChange={() => toggle(shell, installed)}
            />
            {shell}
            {!there && checkUp.step === 'seen' && ` · ${i18next.t('environment:notInstalled')}`}
          </label>
        )
      })}
      <p className="env-why faint">{i18next.t('environment:shellsWhy')}</p>
      <LockedNote field="env.shells" />
    </fieldset>
  )
}
