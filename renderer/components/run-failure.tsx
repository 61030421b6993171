import i18next from 'i18next'
import type { ReactNode } from 'react'
import type { AppError } from '../../electron/contract/note.ts'
import { errorText, errorWords } from '../store/run-error.ts'
import { CopyButton } from './copy-button.tsx'
import { Fold } from './fold.tsx'
import css from './run-failure.module.css'

/** An error with more than one way on: what happened, what to do, what could not be given back, buttons, details. */
export function Failure({ error, children }: { error: AppError; children?: ReactNode }) {
  const { what, todo } = errorWords(error)
  const remaining = error.remaining ?? []
  return (
    <section className="problem" role="alert">
      <h2>
        <span aria-hidden="true">✕ </span>
        {what}
      </h2>
      <p>{todo}</p>
      {remaining.length > 0 && (
        <>
          <p>{i18next.t('error:remaining')}</p>
          <ul className={`mono ${css.remaining ?? ''}`}>
            {remaining.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        </>
      )}
      <div className={css.actions}>
        {children}
        <CopyButton text={errorText(error)} what={i18next.t('run:theError')} />
      </div>
      {error.cause !== undefined && error.cause !== '' && (
        <Fold summary={i18next.t('wizard:details')}>
          <pre>{error.cause}</pre>
        </Fold>
      )}
    </section>
  )
}
