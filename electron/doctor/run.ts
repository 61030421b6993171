import { setMaxListeners } from 'node:events'
import type { CheckUp, CheckView, FoundView, RepairView } from '../contract/doctor.ts'
import { byGravity, GRAVITY, verdictOf } from '../contract/doctor-verdict.ts'
import { redact } from '../core/redact.ts'
import type { Checked, DoctorCheck, DoctorContext, Found, Repair } from './check.ts'

/** Milliseconds that a check may take beyond its deadline to notice that its signal has aborted. */
const GRACE = 150

/** A repair, the check that offers it, and the finding that it mends; null: nothing is wrong, it only could be done. */
export type Offered = { repair: Repair; check: string; finding: string | null }

/** What a look gives beside what is shown: the repairs behind their ids, and which check tells of what. */
export type Look = { checkUp: CheckUp; repairs: ReadonlyMap<string, Offered> }

type Parts = {
  context: DoctorContext
  muted: ReadonlySet<string>
  /** Called as each check ends. */
  report(check: CheckView): void
}

/**
 * Runs checks side by side, each to its deadline. Never throws for a check; throws for the signal alone.
 * A check that is late or breaks says nothing about the machine.
 */
export async function runChecks(checks: readonly DoctorCheck[], parts: Parts, signal: AbortSignal): Promise<Look> {
  // Every check listens to it; Node warns of the eleventh.
  setMaxListeners(0, signal)
  const started = performance.now()
  const repairs = new Map<string, Offered>()
  const views = await Promise.all(
    checks.map(async (check) => {
      const begun = performance.now()
      const outcome = await attempt(check, parts.context, signal)
      const view = viewOf(check, outcome, performance.now() - begun, parts.muted, repairs)
      parts.report(view)
      return view
    }),
  )
  signal.throwIfAborted()
  const findings = byGravity(views.flatMap(({ found }) => found))
  const at = new Date(parts.context.now()).toISOString()
  const checkUp = { verdict: verdictOf(findings), checks: views, findings, ms: performance.now() - started, at }
  return { checkUp, repairs }
}

type Outcome = Checked | 'absent' | 'late' | { failed: unknown }

async function attempt(check: DoctorCheck, context: DoctorContext, outer: AbortSignal): Promise<Outcome> {
  const inner = new AbortController()
  setMaxListeners(0, inner.signal)
  const stop = (): void => inner.abort(outer.reason)
  outer.addEventListener('abort', stop, { once: true })
  if (outer.aborted) stop()
  const deadline = setTimeout(() => inner.abort(new Error('deadline')), check.deadline)
  let over: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    over = setTimeout(() => resolve('late'), check.deadline + GRACE)
    // Whoever does not want to know any more does not wait for it either.
    inner.signal.addEventListener('abort', () => outer.aborted && resolve('late'), { once: true })
  })
  const work = async (): Promise<Outcome> => {
    try {
      const { signal } = inner
      if (check.applies !== undefined && !(await check.applies(context, signal))) return 'absent'
      return await check.check(context, signal)
    } catch (error) {
      return inner.signal.aborted ? 'late' : { failed: error }
    }
  }
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(deadline)
    clearTimeout(over)
    outer.removeEventListener('abort', stop)
    // What still runs of it has nobody to answer to.
    inner.abort(new Error('over'))
  }
}

function viewOf(
  { id, category }: DoctorCheck,
  outcome: Outcome,
  ms: number,
  muted: ReadonlySet<string>,
  repairs: Map<string, Offered>,
): CheckView {
  const empty = { id, category, ms, found: [], facts: [], offers: [] }
  if (outcome === 'absent' || outcome === 'late') return { ...empty, state: outcome }
  if ('failed' in outcome) {
    const text = outcome.failed instanceof Error ? (outcome.failed.stack ?? outcome.failed.message) : ''
    return { ...empty, state: 'failed', facts: [{ key: 'doctor:failed', values: { cause: redact(text) } }] }
  }
  const keep =
    (of: string, finding: string | null) =>
    (repair: Repair, index: number): RepairView => {
      const key = repairId(of, index)
      repairs.set(key, { repair, check: id, finding })
      return {
        id: key,
        note: repair.note,
        // What cannot be given back is always asked for by itself.
        safe: repair.safe && !isFinal(repair),
        final: isFinal(repair),
        dockerHelp: repair.kind === 'docker-help',
      }
    }
  const all = outcome.found.map((one) => foundView(one, category, muted, keep))
  // Two places may say the same of one thing; it is one finding.
  const found = all.filter((one, at) => all.findIndex((other) => other.id === one.id) === at)
  const offers = (outcome.offers ?? []).map(keep(id, null))
  const counting = found.filter((one) => !one.muted)
  const state = GRAVITY.find((severity) => counting.some((one) => one.severity === severity)) ?? 'ok'
  return { id, category, state, ms, found, facts: [...(outcome.facts ?? [])], offers }
}

function foundView(
  { code, severity, subject, values = {}, evidence = [], ladder, chain, repairs = [] }: Found,
  category: FoundView['category'],
  muted: ReadonlySet<string>,
  keep: (of: string, finding: string | null) => (repair: Repair, index: number) => RepairView,
): FoundView {
  const id = `${code}@${redact(subject)}`
  const shown = Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value])
  return {
    id,
    code,
    category,
    severity,
    subject: redact(subject),
    values: { subject: redact(subject), ...Object.fromEntries(shown) },
    evidence: evidence.map(redact),
    ...(ladder === undefined ? {} : { ladder: ladder.map((one) => ({ ...one, detail: redact(one.detail) })) }),
    ...(chain === undefined ? {} : { chain: [...chain] }),
    repairs: repairs.map(keep(id, id)),
    muted: muted.has(id),
  }
}

const isFinal = (repair: Repair): boolean =>
  repair.kind === 'changes' && repair.changes.some((change) => change.kind === 'tree' && change.final)

/** The same for the same fault at every look, short enough to be typed: FNV-1a over the finding's own name. */
function repairId(of: string, index: number): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(of)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  const word = of.split('@')[0] ?? ''
  return `${word}-${hash.toString(16).padStart(8, '0')}${index === 0 ? '' : `-${index + 1}`}`
}
