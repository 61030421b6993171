import { Button } from '@mantine/core'
import i18next from 'i18next'
import type { AppError } from '../../electron/contract/note.ts'
import { CopyButton } from './copy-button.tsx'
import { Fold } from './fold.tsx'

type Props = { error: AppError; retry?: () => void; retryLabel?: string }

/** An error: what happened, what to do, a button; what could not be given back, and the raw cause folded and copyable. */
export function Problem({ error, retry, retryLabel }: Props) {
  const values = error.values ?? {}
  const { remaining = [], cause } = error
  return (
    <section className="problem" role="alert">
      <h2>
        <span aria-hidden="true">✕ </span>
        {i18next.t(`error:${error.code}.what`, values)}
      </h2>
      <p>{i18next.t(`error:${error.code}.todo`, values)}</p>
      {remaining.length > 0 && (
        <>
          <p>{i18next.t('error:remaining')}</p>
          <ul className="mono">
            {remaining.map((path) => (
              <li key={path}>{path}</li>
            ))}
          </ul>
        </>
      )}
      {retry !== undefined && (
        <Button variant="default" onClick={retry}>
          {retryLabel ?? i18next.t('wizard:again')}
        </Button>
      )}
      {cause !== undefined && (
        <Fold summary={i18next.t('wizard:details')}>
          <pre>{cause}</pre>
          <CopyButton text={`${error.code}\n${cause}`} />
        </Fold>
      )}
    </section>
  )
}
