import i18next from 'i18next'
import { useId } from 'react'
import { LockedNote, useLock } from '../components/locked.tsx'
import { useSourcesEdit } from '../store/sources-edit.ts'
import { useWizard } from '../store/wizard.ts'

const WAYS = ['auto', 'mirrors', 'direct'] as const

/** By which way images come: through Docker's own setting, or by a source's own name. */
export function PullWay() {
  const pull = useWizard(({ profile }) => profile.pull ?? 'auto')
  const changePull = useSourcesEdit((edit) => edit.changePull)
  const { locked } = useLock('pull')
  const id = useId()
  return (
    <fieldset className="target-more">
      <legend>{i18next.t('sources:pull.title')}</legend>
      {WAYS.map((way) => (
        <label key={way} className="choice-line">
          <input
            type="radio"
            name={id}
            checked={pull === way}
            disabled={locked}
            onChange={() => changePull(way)}
            aria-describedby={`${id}-${way}`}
          />
          <span className="choice-words">
            <span>{i18next.t(`sources:pull.${way}`)}</span>
            <span id={`${id}-${way}`} className="choice-about">
              {i18next.t(`sources:pull.${way}Why`)}
            </span>
          </span>
        </label>
      ))}
      <LockedNote field="pull" />
    </fieldset>
  )
}
