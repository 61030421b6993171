import i18next from 'i18next'
import type { AppError } from '../../electron/contract/note.ts'

/** An error: what happened and what to do, the raw cause folded. */
export function Problem({ error, retry }: { error: AppError; retry: () => void }) {
  return (
    <section className="verdict" data-state="error" role="alert">
      <h2>
        <span aria-hidden="true">✕ </span>
        {i18next.t(`error:${error.code}.what`, error.values ?? {})}
      </h2>
      <p>{i18next.t(`error:${error.code}.todo`, error.values ?? {})}</p>
      <button type="button" onClick={retry}>
        {i18next.t('again')}
      </button>
      {error.cause !== undefined && (
        <details>
          <summary>{i18next.t('details')}</summary>
          <pre>{error.cause}</pre>
        </details>
      )}
    </section>
  )
}
