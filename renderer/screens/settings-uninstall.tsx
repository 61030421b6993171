import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useState } from 'react'
import type { UninstallResult } from '../../electron/contract/run.ts'
import { Confirm } from '../components/confirm.tsx'
import { QuestionPanel } from '../components/question-panel.tsx'
import { Failure } from '../components/run-failure.tsx'
import { Waits } from '../components/waits.tsx'
import { answerErrand } from '../store/done-errand.ts'
import { useUninstall } from '../store/uninstall.ts'
import css from './settings.module.css'

/** Gives all runs back and removes what the program keeps: the last thing before it is removed itself. */
export function Uninstall() {
  const { standing, errand, result, look, start } = useUninstall()
  const [asking, setAsking] = useState(false)
  useEffect(() => void look(), [look])
  return (
    <div className={css.state}>
      <h3>{i18next.t('history:uninstall.title')}</h3>
      <p className="faint">{i18next.t('history:uninstall.what')}</p>
      {errand.step === 'failed' && <Failure error={errand.error} />}
      {errand.step === 'running' && (
        <>
          <p role="status">{i18next.t('history:uninstall.running')}</p>
          <Waits timeline={errand.timeline} />
          {errand.timeline.questions.map((question) => (
            <QuestionPanel
              key={question.id}
              question={question}
              answer={(choice) => void answerErrand(errand, question.id, choice)}
            />
          ))}
        </>
      )}
      {result !== null && <Outcome result={result} />}
      {result === null && errand.step !== 'running' && asking && (
        <Confirm
          yes={i18next.t('history:uninstall.yes')}
          onYes={() => {
            setAsking(false)
            void start()
          }}
          onNo={() => setAsking(false)}
        >
          {i18next.t('history:uninstall.sure', { count: standing })}
        </Confirm>
      )}
      {result === null && errand.step !== 'running' && !asking && (
        <div>
          <Button variant="default" onClick={() => setAsking(true)}>
            {i18next.t('history:uninstall.button')}
          </Button>
        </div>
      )}
    </div>
  )
}

function Outcome({ result }: { result: UninstallResult }) {
  return (
    <>
      <p className={css.saved} role="status">
        {i18next.t('history:uninstall.done')}
      </p>
      <Names words={i18next.t('history:uninstall.kept')} names={result.kept} />
      <Names words={i18next.t('history:uninstall.images')} names={result.images} />
    </>
  )
}

function Names({ words, names }: { words: string; names: readonly string[] }) {
  if (names.length === 0) return null
  return (
    <>
      <p>{words}</p>
      <ul className="mono">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </>
  )
}
