import type { Change, PresenceChange } from '../contract/plan.ts'
import { CodedError, causeText } from './errors.ts'
import { type Run, record } from './journal.ts'
import type { Reader, System } from './system.ts'

/** What is there or is not: a package, a running service, membership in a group. Made by `platform/<os>/`. */
export type Presence = {
  has(sys: Reader, change: PresenceChange): Promise<boolean>
  /**
   * Brings it there or takes it away. It is not cut off in the middle: half a package is worse than a late cancel.
   * Throws `needs-admin` {path} and `install-failed` {name} with the tool's own words as cause.
   */
  set(sys: System, change: PresenceChange, present: boolean): Promise<void>
  /** Whether this process can do that: as root, or by asking for a password in a window of the system's own. */
  possible(sys: Reader): Promise<boolean>
}

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
  begun: number[],
  { sys, journal, presence }: PresenceContext,
  signal: AbortSignal,
): Promise<void> {
  for (const [i, change] of changes.entries()) {
    if (!isPresence(change) || change.before === change.after) continue
    signal.throwIfAborted()
    const tool = need(presence, change)
    if ((await tool.has(sys, change)) === change.after) continue
    await record(journal, { t: 'intent', i, temporary: null, interim: null }, sys)
    begun.push(i)
    await tool.set(sys, change, change.after)
    if ((await tool.has(sys, change)) !== change.after)
      throw new CodedError('install-failed', { name: presenceName(change) })
    await record(journal, { t: 'done', i }, sys)
  }
}

/** Takes away what was brought, in reverse, going on past failures. Answers what could not be taken away. */
export async function returnPresences(
  changes: readonly Change[],
  begun: readonly number[],
  { sys, journal, presence }: PresenceContext,
): Promise<readonly string[]> {
  const remaining: string[] = []
  for (const i of [...begun].reverse()) {
    const change = changes[i]
    if (change === undefined || !isPresence(change)) continue
    try {
      await giveBack(change, i, { sys, journal, presence })
    } catch (error) {
      remaining.push(`${presenceName(change)}: ${causeText(error)}`)
    }
  }
  return remaining
}

/** The presences that a run began. */
export const touchedPresences = (run: Run): readonly number[] =>
  [...run.changes.entries()].flatMap(([index, change]) => (isPresence(change) && run.touched.has(index) ? [index] : []))

/** Undoes the presences of a run, newest first. Answers their names. Throws as `Presence.set`. */
export async function undoPresences(run: Run, sys: System, presence: Presence | undefined): Promise<readonly string[]> {
  const returned: string[] = []
  for (const index of [...touchedPresences(run)].reverse()) {
    const change = run.changes[index]
    if (change === undefined || !isPresence(change)) continue
    if (await giveBack(change, index, { sys, journal: run.path, presence })) returned.push(presenceName(change))
  }
  return returned
}

async function giveBack(
  change: PresenceChange,
  i: number,
  { sys, journal, presence }: PresenceContext,
): Promise<boolean> {
  const tool = need(presence, change)
  if ((await tool.has(sys, change)) === change.before) return false
  await record(journal, { t: 'undo-intent', i, temporary: null, interim: null }, sys)
  await tool.set(sys, change, change.before)
  await record(journal, { t: 'undo-done', i, outcome: 'restored' }, sys)
  return true
}

function need(presence: Presence | undefined, change: PresenceChange): Presence {
  if (presence === undefined) throw new CodedError('needs-admin', { path: presenceName(change) })
  return presence
}
