import type { ReactNode } from 'react'

export type SourceLook = 'none' | 'waiting' | 'running' | 'ok' | 'failed'

type Props = { look: SourceLook; share: number; children: ReactNode; title?: string | null }

const SIGNS: Readonly<Partial<Record<SourceLook, string>>> = { ok: '✓ ', failed: '✕ ' }

/** How a source stands: a bar, a sign and a word, in a place of fixed width. `share`: 0..1 of the bar. */
export function SourceState({ look, share, children, title = null }: Props) {
  const sign = SIGNS[look]
  return (
    <span className="source-state" data-state={look} {...(title === null || title === '' ? {} : { title })}>
      <span className="source-bar" aria-hidden="true">
        <span style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
      </span>
      <span key={look}>
        {sign !== undefined && <span aria-hidden="true">{sign}</span>}
        {children}
      </span>
    </span>
  )
}
