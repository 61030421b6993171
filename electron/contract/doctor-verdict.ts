import type { FoundView, Severity, Verdict } from './doctor.ts'

/** The gravest first. */
export const GRAVITY: readonly Severity[] = ['error', 'warning', 'info']

/** Findings with the gravest first; of equals in their order. */
export const byGravity = (findings: readonly FoundView[]): FoundView[] =>
  findings.toSorted((a, b) => GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity))

/** The verdict over findings; muted ones and remarks do not count. */
export function verdictOf(findings: readonly Pick<FoundView, 'severity' | 'muted'>[]): Verdict {
  const counting = findings.filter(({ muted }) => !muted).map(({ severity }) => severity)
  if (counting.includes('error')) return 'broken'
  return counting.includes('warning') ? 'remark' : 'ready'
}
