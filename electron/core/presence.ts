import type { Change, PresenceChange } from '../contract/plan.ts'
import { CodedError, causeText, withRemaining } from './errors.ts'
import { record } from './journal.ts'
import type { Run } from './replay.ts'
import type { Reader, System } from './system.ts'

/** What is there or is not: a package, a running service, membership in a group. Made by `platform/<os>/`. */
export type Presence = {
  has(sys: Reader, change: PresenceChange): Promise<boolean>
  /** Fetches what the tool has to know first, e.g. the lists of packages. Throws `needs-admin` {path} alone. */
  prepare(sys: System, change: PresenceChange): Promise<void>
  /** All that would come with it, as far as the tool can tell; null: only itself is known. */
  brings(sys: Reader, change: PresenceChange): Promise<Brought | null>
  /** Whether anything is there to take away: also half of it, or what came with it and nobody else needs. */
  left(sys: Reader, change: PresenceChange, brought: Brought | null): Promise<boolean>
  /**
   * Brings it there, or takes it and what came with it away. It is not cut off in the middle: half a package is
   * worse than a late cancel. Answers the paths of a person's own data that it left where they are.
   * Throws `needs-admin` {path} and `install-failed` {name} with the tool's own words as cause.
   */
  set(sys: System, change: PresenceChange, present: boolean, brought: Brought | null): Promise<readonly string[]>
  /** Whether this process itself can do that; see `Elevation` for one that cannot. */
  possible(sys: Reader): Promise<boolean>
}

/** Names that came together. `configured`: those of them whose configuration files lay there before. */
export type Brought = { names: readonly string[]; configured: readonly string[] }

/** What a run has begun, by the change's index. */
export type Begun = Map<number, Brought | null>

export type PresenceContext = { sys: System; journal: string; presence: Presence | undefined }

export const isPresence = (change: Change): change is PresenceChange =>
  change.kind === 'package' || change.kind === 'service' || change.kind === 'group'

/** What a person calls it. */
export const presenceName = (change: PresenceChange): string =>
  change.kind === 'group' ? `${change.name}: ${change.user}` : change.name

/**
 * Brings what a plan names, in its order, journalled one by one. `begun` says what a rollback has to take
 * away: what somebody brought since the plan is not ours.
 */
export async function bringPresences(
  changes: readonly Change[],
  begun: Begun,
  { sys, journal, presence }: PresenceContext,
  signal: AbortSignal,
): Promise<void> {
  for (const [i, change] of changes.entries()) {
    if (!isPresence(change) || change.before === change.after) continue
    signal.throwIfAborted()
    const tool = need(presence, change)
    if ((await tool.has(sys, change)) === change.after) continue
    await tool.prepare(sys, change)
    const brought = await tool.brings(sys, change)
    signal.throwIfAborted()
    await record(journal, { t: 'intent', i, temporary: null, interim: null, brought }, sys)
    begun.set(i, brought)
    await tool.set(sys, change, change.after, brought)
    if ((await tool.has(sys, change)) !== change.after)
      throw new CodedError('install-failed', { name: presenceName(change) })
    await record(journal, { t: 'done', i }, sys)
  }
}

/** Takes away what was brought, in reverse, going on past failures. Answers what could not be taken away. */
export async function returnPresences(
  changes: readonly Change[],
  begun: Begun,
  context: PresenceContext,
): Promise<readonly string[]> {
  const { failures } = await giveAllBack(changes, begun, context)
  return failures.map(({ name, error }) => `${name}: ${causeText(error)}`)
}

/** The presences that a run began. */
export const touchedPresences = (run: Run): readonly number[] =>
  [...run.changes.entries()].flatMap(([index, change]) => (isPresence(change) && run.touched.has(index) ? [index] : []))

/**
 * Undoes the presences of a run, newest first, going on past failures. Answers their names, and what was kept
 * on purpose. Throws the first failure, as `Presence.set`, with all that is not back in `remaining`.
 */
export async function undoPresences(
  run: Run,
  sys: System,
  presence: Presence | undefined,
): Promise<{ returned: readonly string[]; kept: readonly string[] }> {
  const begun: Begun = new Map(touchedPresences(run).map((index) => [index, run.brought.get(index) ?? null]))
  const { failures, ...result } = await giveAllBack(run.changes, begun, { sys, journal: run.path, presence })
  const [first] = failures
  if (first)
    throw withRemaining(
      first.error,
      failures.map(({ name, error }) => `${name}: ${causeText(error)}`),
    )
  return result
}

/** Throws `needs-admin` {path} where something of a run is to be taken away and this process cannot. */
export async function needRights(run: Run, sys: System, presence: Presence | undefined): Promise<void> {
  for (const index of touchedPresences(run)) {
    const change = run.changes[index]
    if (change === undefined || !isPresence(change)) continue
    const tool = need(presence, change)
    if ((await isBack(tool, change, run.brought.get(index) ?? null, sys)) || (await tool.possible(sys))) continue
    throw new CodedError('needs-admin', { path: presenceName(change) })
  }
}

type Returned = { returned: string[]; kept: string[]; failures: { name: string; error: unknown }[] }

async function giveAllBack(changes: readonly Change[], begun: Begun, context: PresenceContext): Promise<Returned> {
  const result: Returned = { returned: [], kept: [], failures: [] }
  for (const [i, brought] of [...begun].reverse()) {
    const change = changes[i]
    if (change === undefined || !isPresence(change)) continue
    try {
      const kept = await giveBack(change, i, brought, context)
      if (kept === null) continue
      result.returned.push(presenceName(change))
      result.kept.push(...kept)
    } catch (error) {
      result.failures.push({ name: presenceName(change), error })
    }
  }
  return result
}

/** Answers what was kept on purpose; null: it was back already. */
async function giveBack(
  change: PresenceChange,
  i: number,
  brought: Brought | null,
  { sys, journal, presence }: PresenceContext,
): Promise<readonly string[] | null> {
  const tool = need(presence, change)
  if (await isBack(tool, change, brought, sys)) return null
  await record(journal, { t: 'undo-intent', i, temporary: null, interim: null }, sys)
  const kept = await tool.set(sys, change, change.before, brought)
  if (!(await isBack(tool, change, brought, sys)))
    throw new CodedError('install-failed', { name: presenceName(change) }, 'still there')
  await record(journal, { t: 'undo-done', i, outcome: 'restored' }, sys)
  return kept
}

/** Whether things stand as they did before the change. */
export const isBack = async (
  tool: Presence,
  change: PresenceChange,
  brought: Brought | null,
  sys: Reader,
): Promise<boolean> => (change.before ? tool.has(sys, change) : !(await tool.left(sys, change, brought)))

function need(presence: Presence | undefined, change: PresenceChange): Presence {
  if (presence === undefined) throw new CodedError('needs-admin', { path: presenceName(change) })
  return presence
}
