import {
  CATEGORIES,
  type Category,
  type CheckName,
  type CheckUp,
  type CheckView,
  type FoundView,
  type RepairView,
  type Verdict,
} from '../../electron/contract/doctor.ts'
import { byGravity, verdictOf } from '../../electron/contract/doctor-verdict.ts'

/** At most this many findings stand in the open: a wall of warnings frightens. */
const OPEN = 3

/** The key of a finding's sentences. */
export const sentencesOf = ({ category, code }: Pick<FoundView, 'category' | 'code'>): string =>
  `doctor-${category}:${code.slice(category.length + 1)}`

/** A category while its checks run. */
export type Line = {
  category: Category
  /** `waiting`: some of its checks still run. */
  state: 'waiting' | 'ok' | 'info' | 'warning' | 'error'
  fine: number
  /** Warnings and errors that count. */
  problems: number
}

const isProblem = ({ severity, muted }: FoundView): boolean => !muted && severity !== 'info'

/** One line a category, in the fixed order, however the checks end. */
export function linesOf(names: readonly CheckName[], checks: readonly CheckView[]): readonly Line[] {
  return CATEGORIES.filter((category) => names.some((one) => one.category === category)).map((category) => {
    const ended = checks.filter((one) => one.category === category)
    const waits = names.some((name) => name.category === category && !ended.some(({ id }) => id === name.id))
    const states = ended.map(({ state }) => state)
    const state = (['error', 'warning', 'info'] as const).find((one) => states.includes(one)) ?? 'ok'
    return {
      category,
      state: waits ? 'waiting' : state,
      fine: ended.filter(isFine).length,
      problems: ended.flatMap(({ found }) => found).filter(isProblem).length,
    }
  })
}

const isFine = ({ state }: CheckView): boolean => state === 'ok' || state === 'info'

/** A check-up as the page shows it. */
export type Parts = {
  verdict: Verdict
  /** The finding that makes the verdict. */
  gravest: FoundView | null
  open: readonly FoundView[]
  /** What did not fit into the open, and remarks. */
  rest: readonly FoundView[]
  muted: readonly FoundView[]
  fine: readonly CheckView[]
  absent: readonly CheckView[]
  /** Those that came to no conclusion. */
  unsure: readonly CheckView[]
  offers: readonly RepairView[]
  /** The first safe repair of each finding that counts. */
  safe: readonly RepairView[]
  problems: number
}

export function partsOf({ verdict, checks, findings }: CheckUp): Parts {
  const heard = findings.filter(({ muted }) => !muted)
  const problems = heard.filter(isProblem)
  const open = problems.slice(0, OPEN)
  return {
    verdict,
    gravest: problems[0] ?? null,
    open,
    rest: heard.filter((found) => !open.includes(found)),
    muted: findings.filter(({ muted }) => muted),
    fine: checks.filter(isFine),
    absent: checks.filter(({ state }) => state === 'absent'),
    unsure: checks.filter(({ state }) => state === 'late' || state === 'failed'),
    offers: checks.flatMap(({ offers }) => offers),
    safe: heard.flatMap(({ repairs }) => repairs.filter(({ safe, dockerHelp }) => safe && !dockerHelp).slice(0, 1)),
    problems: problems.length,
  }
}

const checkUpOf = (before: CheckUp, checks: readonly CheckView[]): CheckUp => {
  const findings = byGravity(checks.flatMap(({ found }) => found))
  return { ...before, checks: [...checks], findings, verdict: verdictOf(findings) }
}

/** A check-up with what some of its checks found a moment later; their places stay. */
export const withChecks = (checkUp: CheckUp, newer: readonly CheckView[]): CheckUp =>
  checkUpOf(
    checkUp,
    checkUp.checks.map((old) => newer.find(({ id }) => id === old.id) ?? old),
  )

export function withMuted(checkUp: CheckUp, id: string, muted: boolean): CheckUp {
  return checkUpOf(
    checkUp,
    checkUp.checks.map((check) => {
      if (!check.found.some((one) => one.id === id)) return check
      const found = check.found.map((one) => (one.id === id ? { ...one, muted } : one))
      const heard = found.filter((one) => !one.muted)
      const state = byGravity(heard)[0]?.severity ?? 'ok'
      return { ...check, found, state }
    }),
  )
}

/** The check that tells of a finding. */
export const checkOf = ({ checks }: CheckUp, found: FoundView): string | null =>
  checks.find((check) => check.found.some(({ id }) => id === found.id))?.id ?? null

/** What repairs made better, and how much is left. */
export type Outcome = { mended: readonly FoundView[]; left: number }

/**
 * Mended is what was `asked` for and is found no more; of all else that went away only what its check finds nothing in
 * place of: a way that is broken somewhere else now is not mended.
 */
export function outcomeOf(before: CheckUp, after: CheckUp, asked: readonly string[]): Outcome {
  const mended = before.findings.filter((one) => {
    if (one.muted || after.findings.some(({ id }) => id === one.id)) return false
    if (one.repairs.some(({ id }) => asked.includes(id))) return true
    const id = checkOf(before, one)
    return !after.checks.some((check) => check.id === id && check.found.some(isProblem))
  })
  return { mended, left: after.findings.filter(isProblem).length }
}
