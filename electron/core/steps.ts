import type { Change, RightsChange, TreeChange } from '../contract/plan.ts'
import { causeText } from './errors.ts'
import { record } from './journal.ts'
import { type Kept, stateOf } from './kept-place.ts'
import { tidyKept } from './kept.ts'
import { under } from './paths.ts'
import { areOurs, changeRights, putRights, readRights, sameRights } from './rights.ts'
import type { System } from './system.ts'
import { closeAgain, keptNow, moveAway, moveBack, type TreeRecord, treeState } from './tree.ts'

/** What is done at once and in the plan's order: trees that are moved away, and rights. */
export type StepChange = TreeChange | RightsChange

export const isStep = (change: Change): change is StepChange => change.kind === 'tree' || change.kind === 'rights'

type Context = { sys: System; runId: string; journal: string; skip?: ReadonlySet<number>; signal: AbortSignal }

/** By index: the places that a tree was moved to; none for rights. */
export type TouchedSteps = Map<number, readonly Kept[]>

/** Whether a path is another one or lies below it. */
export const isAt = (path: string, place: string): boolean => path === place || path.startsWith(under(place, ''))

/** What goes away with a tree around it. */
const isSwallowed = (changes: readonly Change[], i: number, { path, kind }: StepChange): boolean =>
  changes.some(
    (other, at) =>
      other.kind === 'tree' &&
      at !== i &&
      isAt(path, other.path) &&
      // Of two of the same name the first one counts.
      (path !== other.path || kind !== 'tree' || at < i),
  )

/** A file that also gets other rights in the same plan is written with those: they are set before it. */
export const withRights = (changes: readonly Change[]): readonly Change[] =>
  changes.map((change) => {
    const rights = changes.find((one) => one.kind === 'rights' && change.kind === 'file' && change.real === one.path)
    if (rights?.kind !== 'rights' || change.kind !== 'file' || change.before === null) return change
    const { before, after } = change
    const set = (key: 'mode' | 'uid' | 'gid'): number =>
      after === null || after[key] === before[key] ? rights.after[key] : after[key]
    const rightly = { mode: set('mode'), uid: set('uid'), gid: set('gid') }
    return { ...change, before: { ...before, ...rights.after }, after: after && { ...after, ...rightly } }
  })

/** Moves the trees of a plan away and sets its rights, journalled one by one. Throws on the first failure or cancel. */
export async function applySteps(changes: readonly Change[], touched: TouchedSteps, context: Context): Promise<void> {
  for (const [i, change] of changes.entries()) {
    if (!isStep(change) || context.skip?.has(i) || isSwallowed(changes, i, change)) continue
    context.signal.throwIfAborted()
    if (change.kind === 'tree')
      await moveAway(i, change, context.runId, context, (kept) => touched.set(i, [...(touched.get(i) ?? []), kept]))
    else await changeRights(i, change, context, () => touched.set(i, []))
  }
}

/** Gives them back in reverse, going on past failures, each told by `failed`. */
export async function rollbackSteps(
  changes: readonly Change[],
  touched: TouchedSteps,
  { sys, journal, runId }: Context,
  failed: (path: string, error: unknown) => void,
): Promise<void> {
  // A disk that is full must not keep them from coming back.
  const note = (entry: Parameters<typeof record>[1]) => record(journal, entry, sys).catch(() => {})
  for (const [i, kept] of [...touched].reverse()) {
    const change = changes[i]
    if (change === undefined || !isStep(change)) continue
    try {
      const tree = change.kind === 'tree' ? { state: stateOf(journal), change, kept, dropped: false } : null
      const ok = tree ? await returnTree(i, tree, sys, note) : await returnRights(i, change, sys, note)
      if (ok) await note({ t: 'undo-done', i, outcome: 'restored' })
      else failed(change.path, 'changed by another program in the meantime')
    } catch (error) {
      failed(change.path, error)
    }
  }
  await tidyKept(stateOf(journal), [runId], sys).catch((error: unknown) => failed(runId, causeText(error)))
}

type Note = (entry: Parameters<typeof record>[1]) => Promise<unknown>

/** Answers false where something else stands at its place, or it is nowhere. */
async function returnTree(i: number, tree: TreeRecord, sys: System, note: Note): Promise<boolean> {
  const now = await treeState(tree, sys)
  if (now.state === 'away') {
    const kept = await keptNow(now.kept, now.at, sys)
    await note({ t: 'undo-intent', i, temporary: null, interim: null, kept })
    await moveBack(tree.change.path, now.at, kept, sys)
    return true
  }
  await closeAgain(tree, sys)
  return now.state === 'here'
}

async function returnRights(i: number, change: StepChange, sys: System, note: Note): Promise<boolean> {
  if (change.kind !== 'rights') return false
  const { path, before } = change
  const now = await readRights(path, sys)
  if (now !== null && sameRights(now, before)) return true
  if (now === null || !areOurs(change, now)) return false
  await note({ t: 'undo-intent', i, temporary: null, interim: null })
  await putRights(path, now, before, sys)
  return true
}
