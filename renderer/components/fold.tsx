import type { ReactNode } from 'react'

/** Details that are out of the way until somebody wants them. */
export function Fold({ summary, children, open }: { summary: ReactNode; children: ReactNode; open?: boolean }) {
  return (
    <details className="fold" open={open ?? false}>
      <summary>{summary}</summary>
      <div className="fold-body">{children}</div>
    </details>
  )
}
