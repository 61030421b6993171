import type { ReactNode } from 'react'

export type Sign = 'pending' | 'ok' | 'info' | 'warning' | 'error'

export type Row = { id: string; sign: Sign; text: string; button?: ReactNode; below?: ReactNode }

const SIGNS: Readonly<Record<Sign, string>> = { pending: '…', ok: '✓', info: 'i', warning: '!', error: '✕' }

/** Findings, each with a sign, a sentence and perhaps a button and something under it. */
export function FindingList({ rows, quiet }: { rows: readonly Row[]; quiet?: boolean }) {
  return (
    <ul className="findings" data-quiet={quiet ?? false}>
      {rows.map(({ id, sign, text, button, below }) => (
        <li key={id} data-sign={sign} data-id={id}>
          <div className="finding-line">
            <span className="finding-sign" aria-hidden="true">
              {SIGNS[sign]}
            </span>
            {/* Keyed: a sentence that is replaced by a longer one is another one, not one that jumped. */}
            <span key={text} className="finding-text">
              {text}
            </span>
            {button}
          </div>
          {below}
        </li>
      ))}
    </ul>
  )
}
