import { Button } from '@mantine/core'
import i18next from 'i18next'
import { useEffect, useRef, useState } from 'react'
import type { Answer, Question } from '../../electron/contract/task.ts'
import { DiffView } from './diff-view.tsx'
import { ThreeWays } from './question-three.tsx'
import css from './question-panel.module.css'

/** A question that a task asks, answered where it stands. It takes the focus: the task waits for it. */
export function QuestionPanel({ question, answer }: { question: Question; answer(choice: Answer): void }) {
  const { note, diff, three, choices } = question
  const heading = useRef<HTMLHeadingElement>(null)
  const [given, setGiven] = useState<Answer | null>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    // The whole panel where it fits: the buttons are what matters.
    heading.current?.parentElement?.scrollIntoView({ block: 'nearest' })
  }, [question.id])
  const path = String(note.values?.['path'] ?? '')
  // The command line's question names the keys to press.
  const words = note.key === 'cli:undo.ask' ? 'run:ask.edited' : note.key
  return (
    <section className={css.panel} role="group" aria-label={i18next.t('run:ask.label')}>
      <h2 ref={heading} tabIndex={-1}>
        {i18next.t(words, note.values ?? {})}
      </h2>
      {three !== undefined && (
        <ThreeWays
          three={three}
          given={given !== null}
          give={(choice) => {
            setGiven(choice)
            answer(choice)
          }}
        />
      )}
      {three === undefined && diff !== undefined && diff !== '' && (
        <>
          <p className="faint">{i18next.t('run:ask.diff')}</p>
          <DiffView diff={diff} name={path} />
        </>
      )}
      <div className={css.choices}>
        {(three === undefined ? choices : []).map((choice) => (
          <div key={choice} className={css.choice}>
            <Button
              variant="default"
              disabled={given !== null}
              onClick={() => {
                setGiven(choice)
                answer(choice)
              }}
            >
              {i18next.t(`run:ask.choice.${choice}`)}
            </Button>
            <span className="faint">{i18next.t(`run:ask.means.${choice}`)}</span>
          </div>
        ))}
      </div>
    </section>
  )
}
