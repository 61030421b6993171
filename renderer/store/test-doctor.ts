import type { CheckUp, CheckView, FoundView, RepairView } from '../../electron/contract/doctor.ts'
import { byGravity, verdictOf } from '../../electron/contract/doctor-verdict.ts'
import type { PlanView } from '../../electron/contract/plan.ts'
import type { TaskReport, TaskView } from '../../electron/contract/task.ts'

/** Parts of a check-up, for tests to change. */
export const aRepair = (id: string, more: Partial<RepairView> = {}): RepairView => ({
  id,
  note: { key: `doctor-go:repair.${id}` },
  safe: true,
  final: false,
  dockerHelp: false,
  ...more,
})

export const aFinding = (code: string, more: Partial<FoundView> = {}): FoundView => ({
  id: `${code}@x`,
  code,
  category: 'go',
  severity: 'error',
  subject: 'x',
  values: { subject: 'x' },
  evidence: [],
  repairs: [],
  muted: false,
  ...more,
})

export function aCheck(id: string, found: readonly FoundView[] = [], more: Partial<CheckView> = {}): CheckView {
  const state = byGravity(found.filter(({ muted }) => !muted))[0]?.severity ?? 'ok'
  return { id, category: 'go', state, ms: 1, found: [...found], facts: [], offers: [], ...more }
}

export function aCheckUp(...checks: readonly CheckView[]): CheckUp {
  const findings = byGravity(checks.flatMap(({ found }) => found))
  return { verdict: verdictOf(findings), checks: [...checks], findings, ms: 5, at: '2026-11-30T00:00:00.000Z' }
}

export const aPlan = (id: string): PlanView => ({
  id,
  changed: true,
  image: null,
  changes: [],
  choices: [],
  findings: [],
  rights: 'not-needed',
})

/** A task as main lists it. */
export const aTask = (id: string, ...reports: readonly TaskReport[]): TaskView => ({
  id,
  kind: 'check',
  state: 'running',
  events: reports.map((report, seq) => ({ taskId: id, seq, ...report })),
})
