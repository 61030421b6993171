import i18next from 'i18next'
import { useId } from 'react'
import type { Machine } from '../../electron/contract/machine.ts'
import { LockedNote, useLock } from '../components/locked.tsx'
import { useCheckUp } from '../store/check-up.ts'
import { useEnvironment } from '../store/environment.ts'
import { useWizard } from '../store/wizard.ts'

const SCOPES = ['user', 'system'] as const

/** For whom the variables are: one person's files, or those of everybody on the computer. */
export function Scope() {
  const id = useId()
  const chosen = useWizard((wizard) => wizard.profile.env?.scope ?? 'user')
  const choose = useEnvironment((environment) => environment.chooseScope)
  const checkUp = useCheckUp((store) => store.checkUp)
  const { locked } = useLock('env.scope')
  const way = checkUp.step === 'seen' ? checkUp.machine.permissions.elevation : 'sudo'
  return (
    <fieldset className="env-part env-scope">
      <legend>{i18next.t('environment:scope')}</legend>
      {SCOPES.map((scope) => (
        <label key={scope} className="env-choice env-scope-choice">
          <input
            type="radio"
            name={id}
            checked={chosen === scope}
            // Where nobody can become administrator it could only fail; one that a profile names stays to be seen.
            disabled={locked || (scope === 'system' && way === 'none' && chosen !== 'system')}
            onChange={() => choose(scope)}
          />
          <span>
            <span className="env-scope-name">{i18next.t(`environment:scopes.${scope}`)}</span>
            <span className="env-why faint">
              {scope === 'user' ? i18next.t('environment:scopeWhy.user') : systemWhy(way)}
            </span>
          </span>
        </label>
      ))}
      <LockedNote field="env.scope" />
    </fieldset>
  )
}

function systemWhy(way: Machine['permissions']['elevation']): string {
  if (way === 'none') return i18next.t('environment:scopeWhy.impossible')
  return i18next.t(way === 'root' ? 'environment:scopeWhy.root' : 'environment:scopeWhy.system')
}
