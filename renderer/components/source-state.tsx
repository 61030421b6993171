import i18next from 'i18next'
import type { Probe } from '../store/sources.ts'

/** Longer than this fills the bar. */
const FULL_BAR_MS = 1000

/** Whether a source answers from here and how soon: sign, number and a bar, in a place of fixed width. */
export function SourceState({ probe }: { probe: Probe | undefined }) {
  const state = probe?.state ?? 'none'
  const share = probe?.state === 'ok' ? Math.min(1, Math.max(0.04, probe.ms / FULL_BAR_MS)) : 0
  const cause = probe?.state === 'failed' ? (probe.cause ?? '') : ''
  return (
    <span className="source-state" data-state={state} {...(cause === '' ? {} : { title: cause })}>
      <span className="source-bar" aria-hidden="true">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span key={state}>
        {probe?.state === 'ok' ? (
          <>
            <span aria-hidden="true">✓ </span>
            {i18next.t('sources:state.ok', { ms: probe.ms })}
          </>
        ) : (
          <>
            {state === 'failed' && <span aria-hidden="true">✕ </span>}
            {i18next.t(`sources:state.${state}`)}
          </>
        )}
      </span>
    </span>
  )
}
