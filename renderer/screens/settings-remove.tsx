import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useState } from 'react'
import { Confirm } from '../components/confirm.tsx'
import { Failure } from '../components/run-failure.tsx'
import { useRemoval } from '../store/removal.ts'
import css from './settings.module.css'

/** Removes all that the program keeps. While a run could still be undone it asks a second time. */
export function RemoveState() {
  const { removal, remove, forget } = useRemoval()
  const [asking, setAsking] = useState(false)
  const stop = () => {
    setAsking(false)
    forget()
  }
  return (
    <div className={css.state}>
      <h3>{i18next.t('settings:remove.title')}</h3>
      <p className="faint">{i18next.t('settings:remove.what')}</p>
      {removal.step === 'failed' && (
        <Failure error={removal.error}>
          <Button variant="default" onClick={stop}>
            {i18next.t('run:no')}
          </Button>
        </Failure>
      )}
      {removal.step === 'removed' && (
        <p className={css.saved} role="status">
          {i18next.t('settings:remove.removed')}
        </p>
      )}
      {removal.step === 'would-lose-undo' && (
        <Confirm key="second" yes={i18next.t('settings:remove.evenUndo')} onYes={() => void remove(true)} onNo={stop}>
          {i18next.t('settings:remove.loses')}
        </Confirm>
      )}
      {asking && (removal.step === 'idle' || removal.step === 'busy') && (
        <Confirm
          key="first"
          yes={i18next.t('settings:remove.yes')}
          busy={removal.step === 'busy'}
          onYes={() => void remove(false)}
          onNo={stop}
        >
          {i18next.t('settings:remove.sure')}
        </Confirm>
      )}
      {!asking && removal.step === 'idle' && (
        <div>
          <Button variant="default" onClick={() => setAsking(true)}>
            {i18next.t('settings:remove.button')}
          </Button>
        </div>
      )}
    </div>
  )
}
