import i18next from 'i18next'
import type { Rung } from '../../electron/contract/doctor.ts'
import css from './doctor.module.css'

const SIGNS = { ok: '✓', broken: '✕', 'not-reached': '·', skipped: '–' } as const

/** The way to an address, rung by rung; what was seen on it stands behind its word. */
export function Ladder({ rungs }: { rungs: readonly Rung[] }) {
  return (
    <ol className={css.ladder} aria-label={i18next.t('doctor:page.ladder')}>
      {rungs.map(({ rung, state, detail }) => (
        <li key={rung} data-state={state}>
          <span aria-hidden="true">{SIGNS[state]} </span>
          {i18next.t(`doctor:rung.${rung}`)}
          <span className="sr"> {i18next.t(`doctor:rungState.${state}`)}</span>
          {detail !== '' && state !== 'skipped' && <span className={css.detail}>{detail}</span>}
        </li>
      ))}
    </ol>
  )
}
