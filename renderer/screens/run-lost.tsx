import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useState } from 'react'
import type { RunSummary } from '../../electron/contract/run.ts'
import { QuestionPanel } from '../components/question-panel.tsx'
import { Failure } from '../components/run-failure.tsx'
import { Timeline } from '../components/timeline.tsx'
import { request } from '../api.ts'
import { answerErrand, type Errand, runErrand } from '../store/done-errand.ts'
import { type Truth, useRun } from '../store/run.ts'
import { useWizard } from '../store/wizard.ts'
import css from './run.module.css'

/** A run that main no longer knows, since the program was ended in the middle: the records say what became of it. */
export function LostRun({ truth }: { truth: Truth }) {
  const { lookBack } = useRun()
  if (truth.step === 'looking') return <p className="faint">{i18next.t('run:lost.looking')}</p>
  if (truth.step === 'failed')
    return (
      <Failure error={truth.error}>
        <Button variant="default" onClick={() => void lookBack()}>
          {i18next.t('review:again')}
        </Button>
      </Failure>
    )
  return <Known run={truth.run} />
}

function Known({ run }: { run: RunSummary | null }) {
  const { go, finish } = useWizard.getState()
  const status = run?.status ?? 'none'
  const halfway = status === 'interrupted' || status === 'damaged'
  return (
    <div className={css.body}>
      <section className={status === 'applied' ? css.well : css.lost} role="status">
        <h2>{i18next.t(`run:lost.${status}.title`)}</h2>
        <p>{i18next.t(`run:lost.${status}.text`)}</p>
        {run !== null && run.startedAt !== '' && (
          <p className="faint">
            {i18next.t('run:lost.when', { when: new Date(run.startedAt).toLocaleString(i18next.language) })}
          </p>
        )}
        {halfway && run !== null && run.files.length > 0 && (
          <ul className="mono">
            {run.files.map(({ path }) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        )}
        <div className={css.actions}>
          {status === 'applied' && run !== null && (
            <Button onClick={() => finish(run.id)}>{i18next.t('run:toResult')}</Button>
          )}
          {status !== 'applied' && status !== 'running' && (
            <Button variant={status === 'interrupted' ? 'default' : 'filled'} onClick={() => go('review')}>
              {i18next.t('run:lost.again')}
            </Button>
          )}
          {status === 'running' && (
            <Button variant="default" onClick={() => void useRun.getState().lookBack()}>
              {i18next.t('review:again')}
            </Button>
          )}
        </div>
      </section>
      {status === 'interrupted' && run !== null && <GiveBack runId={run.id} />}
    </div>
  )
}

/** Takes back what a cut-off run had done, in place. */
function GiveBack({ runId }: { runId: string }) {
  const [errand, setErrand] = useState<Errand>({ step: 'idle' })
  const begin = () =>
    void runErrand(
      async () => (await request('run.undo', { runId, onConflict: 'ask' })).taskId,
      (next) => {
        setErrand(next)
        // The records have the last word here too.
        if (next.step === 'done') void useRun.getState().lookBack()
      },
    )
  if (errand.step === 'idle' || errand.step === 'done')
    return (
      <div>
        <Button onClick={begin}>{i18next.t('run:lost.giveBack')}</Button>
      </div>
    )
  if (errand.step === 'failed')
    return (
      <Failure error={errand.error}>
        <Button variant="default" onClick={begin}>
          {i18next.t('run:retry')}
        </Button>
      </Failure>
    )
  return (
    <>
      {errand.timeline.questions.map((question) => (
        <QuestionPanel
          key={question.id}
          question={question}
          answer={(choice) => void answerErrand(errand, question.id, choice)}
        />
      ))}
      <Timeline steps={errand.timeline.steps} />
    </>
  )
}
