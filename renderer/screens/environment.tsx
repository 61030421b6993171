import { Skeleton } from '@mantine/core'
import i18next from 'i18next'
import { useEffect } from 'react'
import { usePlainBar } from '../frame/plain-bar.ts'
import { useSoFar } from '../frame/so-far.ts'
import type { PageView } from '../page.ts'
import { useCheckUp } from '../store/check-up.ts'
import { ownCount, pathProblem, rowProblem, useEnvironment } from '../store/environment.ts'
import { useWizard } from '../store/wizard.ts'
import { OwnPaths } from './environment-paths.tsx'
import { GoSettings } from './environment-go.tsx'
import { Scope } from './environment-scope.tsx'
import { Shells } from './environment-shells.tsx'
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
    const own = ownCount(env)
    const what = own === 0 ? i18next.t('environment:chosenNone') : i18next.t('environment:chosen', { count: own })
    return env?.scope === 'system' ? i18next.t('environment:chosenSystem', { what }) : what
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
