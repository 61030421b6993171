import type { Change, HandlerId } from '../contract/plan.ts'
import { sameBytes, toBase64 } from './bytes.ts'
import { causeText, writeError } from './errors.ts'
import { type Held, type HeldChange, isFileState, isHeld, readHeld, sameHeld } from './held.ts'
import { record } from './journal.ts'
import { giveNotices, type Interim, takeBackNotices } from './notice.ts'
import type { Handler } from './setting.ts'
import { applySteps, rollbackSteps, type TouchedSteps } from './steps.ts'
import type { System } from './system.ts'
import type { Timed } from './timed.ts'
import { type Move, transit } from './transition.ts'

export type ApplyContext = {
  sys: System
  handlers: ReadonlyMap<HandlerId, Handler>
  runId: string
  journal: string
  /** Indices of changes that somebody else makes. */
  skip?: ReadonlySet<number>
  signal: AbortSignal
  /** Sees what takes time. */
  timed?: Timed
  reloading(): void
}

/** What an apply has touched so far; a rollback starts from it. */
export type Touched = {
  folders: number[]
  files: Map<number, Uint8Array | null>
  steps: TouchedSteps
  notices: Map<number, Interim>
}
export const nothingTouched = (): Touched => ({ folders: [], files: new Map(), steps: new Map(), notices: new Map() })

/**
 * Moves trees away and sets rights, makes the folders and files of a plan, journalled one by one, then tells the
 * handlers, and at last those that are to take an unchanged file anew.
 * Throws on the first failure or cancel; `touched` says what a rollback has to give back.
 */
export async function applyChanges(changes: readonly Change[], touched: Touched, context: ApplyContext): Promise<void> {
  const { sys, journal, signal } = context
  await applySteps(changes, touched.steps, context)
  for (const [i, change] of changes.entries()) {
    if (change.kind !== 'dir' || context.skip?.has(i)) continue
    signal.throwIfAborted()
    // Somebody made it since the plan: it is not ours to remove.
    if (await sys.lstat(change.path)) continue
    await record(journal, { t: 'intent', i, temporary: null, interim: null }, sys)
    touched.folders.push(i)
    try {
      await sys.makeDir(change.path, change.mode, change.uid, change.gid)
    } catch (error) {
      throw writeError(error, change.path)
    }
    await record(journal, { t: 'done', i }, sys)
  }
  const own = moves(changes).filter(({ index }) => !context.skip?.has(index))
  await transit(own, {
    ...context,
    way: 'apply',
    async intent({ index }, temporary, interim) {
      await record(journal, { t: 'intent', i: index, temporary, interim: interim && toBase64(interim) }, sys)
      touched.files.set(index, interim ?? touched.files.get(index) ?? null)
    },
    done: ({ index }) => record(journal, { t: 'done', i: index }, sys),
  })
  await giveNotices(changes, touched.notices, context)
}

const moves = (changes: readonly Change[]): readonly Move[] =>
  changes.flatMap((change, index) => (isHeld(change) ? [{ index, change, from: change.before, to: change.after }] : []))

/**
 * Gives back what an apply touched, in reverse, going on past failures.
 * Answers what could not be given back, each with its reason; never throws for a single file.
 */
export async function rollback(
  changes: readonly Change[],
  touched: Touched,
  context: ApplyContext,
): Promise<readonly string[]> {
  const { sys, journal } = context
  const remaining: string[] = []
  const failed = (path: string, error: unknown) => {
    remaining.push(`${path}: ${causeText(error)}`)
  }
  try {
    for (const path of await takeBackNotices(changes, touched.notices, context))
      failed(path, 'changed by another program in the meantime')
  } catch (error) {
    for (const { path } of touched.notices.values()) failed(path, error)
  }
  const back: Move[] = []
  for (const [index, interim] of [...touched.files].reverse()) {
    const change = changes[index]
    if (change === undefined || !isHeld(change)) continue
    const current = await readHeld(change, sys).catch(() => null)
    if (isOurs(change, current, interim === null ? [] : [interim]))
      back.push({ index, change, from: current, to: change.before })
    else failed(change.path, 'changed by another program in the meantime')
  }
  // The journal holds all that an undo needs already; a disk that is full must not keep the files from coming back.
  const note = (entry: Parameters<typeof record>[1]) => record(journal, entry, sys).catch(() => {})
  const moved = transit(back, {
    ...context,
    intent: ({ index }, temporary, interim) =>
      note({ t: 'undo-intent', i: index, temporary, interim: interim && toBase64(interim) }),
    done: ({ index }) => note({ t: 'undo-done', i: index, outcome: 'restored' }),
    failed,
    way: 'back',
  })
  // Only the time limit stops it in the middle.
  await moved.catch(async () => {
    for (const { change, to } of back)
      if (!sameHeld(await readHeld(change, sys).catch(() => null), to)) failed(change.path, 'out of time')
  })
  for (const index of [...touched.folders].reverse()) {
    const change = changes[index]
    if (change?.kind !== 'dir' || (await sys.lstat(change.path)) === null) continue
    await sys.removeDir(change.path).catch((error) => failed(change.path, error))
  }
  await rollbackSteps(changes, touched.steps, context, failed)
  return remaining
}

/** Whether a file or variable holds what a run put there (or what stood there before it). */
export function isOurs(change: HeldChange, current: Held | null, interims: readonly Uint8Array[] | undefined): boolean {
  return (
    sameHeld(current, change.after) ||
    sameHeld(current, change.before) ||
    (current !== null && isFileState(current) && (interims ?? []).some((interim) => sameBytes(current.bytes, interim)))
  )
}
