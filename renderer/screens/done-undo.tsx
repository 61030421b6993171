import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useRef, useState } from 'react'
import type { UndoResult } from '../../electron/contract/run.ts'
import { Confirm } from '../components/confirm.tsx'
import { QuestionPanel } from '../components/question-panel.tsx'
import { Waits } from '../components/waits.tsx'
import { Failure } from '../components/run-failure.tsx'
import { useDone } from '../store/done.ts'
import { answerErrand, cancelErrand } from '../store/done-errand.ts'
import css from './done.module.css'

/** The way back: asked once more in place, questions answered in place. `earlier`: of the run before. */
export function UndoSection({ earlier = false }: { earlier?: boolean }) {
  const { summary, undo, startUndo } = useDone()
  const [asking, setAsking] = useState(false)
  if (summary === null && undo.step !== 'running' && undo.step !== 'failed') return null
  const begin = () => {
    setAsking(false)
    void startUndo()
  }
  const words = earlier ? 'done:undo.earlier' : 'done:undo.title'
  return (
    <section className={css.section}>
      <h2>{i18next.t(words)}</h2>
      {undo.step === 'failed' && (
        <Failure error={undo.error}>
          <Button variant="default" onClick={begin}>
            {i18next.t('run:retry')}
          </Button>
        </Failure>
      )}
      {undo.step === 'running' && (
        <>
          <Focused>{i18next.t('done:undo.running')}</Focused>
          <Waits timeline={undo.timeline} />
          {undo.timeline.questions.map((question) => (
            <QuestionPanel
              key={question.id}
              question={question}
              answer={(choice) => void answerErrand(undo, question.id, choice)}
            />
          ))}
          {undo.timeline.questions.length > 0 && (
            <Button variant="subtle" onClick={() => void cancelErrand(undo)}>
              {i18next.t('done:undo.cancel')}
            </Button>
          )}
        </>
      )}
      {summary !== null && undo.step !== 'running' && undo.step !== 'failed' && (
        <>
          <p className="faint">
            {i18next.t('done:undo.text', {
              count: summary.files.length,
              when: new Date(summary.startedAt).toLocaleString(i18next.language),
            })}
          </p>
          {asking ? (
            <Confirm yes={i18next.t('done:undo.yes')} onYes={begin} onNo={() => setAsking(false)}>
              {i18next.t('done:undo.sure', { count: summary.files.length })}
            </Confirm>
          ) : (
            <Button variant="default" mt="xs" onClick={() => setAsking(true)}>
              {i18next.t('done:undo.button')}
            </Button>
          )}
        </>
      )}
    </section>
  )
}

// The button that had the focus is gone.
function Focused({ children }: { children: string }) {
  const words = useRef<HTMLParagraphElement>(null)
  useEffect(() => words.current?.focus({ preventScroll: true }), [])
  return (
    <p ref={words} tabIndex={-1}>
      {children}
    </p>
  )
}

/** What an undo gave back, and what it left. */
export function Undone({ result }: { result: UndoResult }) {
  const { restored, kept, handed, gone, removedFolders } = result
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className={css.verdict}>
      <h2 ref={heading} tabIndex={-1} className={css.version}>
        <span aria-hidden="true">✓ </span>
        {i18next.t('done:undo.done')}
      </h2>
      <List name={i18next.t('done:undo.restored')} paths={restored} />
      <List name={i18next.t('done:undo.kept')} paths={kept} />
      <List name={i18next.t('history:handedNow')} paths={handed} />
      <List name={i18next.t('history:goneNow')} paths={gone} />
      <List name={i18next.t('done:undo.folders')} paths={removedFolders} />
      <p className="faint">{i18next.t('done:undo.after')}</p>
    </section>
  )
}

function List({ name, paths }: { name: string; paths: readonly string[] }) {
  if (paths.length === 0) return null
  return (
    <>
      <p>{name}</p>
      <ul className="mono">
        {paths.map((path) => (
          <li key={path}>{path}</li>
        ))}
      </ul>
    </>
  )
}
