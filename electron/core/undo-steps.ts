import type { Change, RightsChange } from '../contract/plan.ts'
import type { ConflictPolicy } from '../contract/run.ts'
import type { ThreeWay } from '../contract/task.ts'
import { diffText } from './diff.ts'
import { CodedError } from './errors.ts'
import { type Outcome, record } from './journal.ts'
import { type Kept, keptPath, stateOf } from './kept-place.ts'
import { tidyKept } from './kept.ts'
import type { Run } from './replay.ts'
import { areOurs, mayChange, putRights, readRights, sameRights, withoutOurs } from './rights.ts'
import { isStep, type StepChange } from './steps.ts'
import type { System } from './system.ts'
import { closeAgain, keptNow, moveAside, moveBack, treeRecord, type TreeState, treeState } from './tree.ts'
import { showRights } from './view.ts'

/** How a tree, or rights, of a run stands; `back`, `ours`, `edited` as in `Part`, `gone`: nothing to give back. */
export type StepPart = { index: number; change: StepChange; state: 'back' | 'ours' | 'edited' | 'gone' }

/** The trees and rights that a run began. */
export const touchedSteps = (run: Run): readonly { index: number; change: StepChange }[] =>
  run.changes.flatMap((change, index) => (isStep(change) && run.touched.has(index) ? [{ index, change }] : []))

/** How they stand, without those that were given back already. Only reads. */
export async function stepParts(run: Run, sys: System): Promise<readonly StepPart[]> {
  const parts: StepPart[] = []
  for (const { index, change } of touchedSteps(run)) {
    const given = run.givenBack.get(index)
    if (given !== undefined && given !== 'kept') continue
    parts.push({ index, change, state: await standOf(run, index, change, sys) })
  }
  return parts
}

const TREE = { here: 'back', away: 'ours', both: 'edited', gone: 'gone' } as const

/** How one of them stands. Only reads. */
export async function standOf(run: Run, index: number, change: StepChange, sys: System): Promise<StepPart['state']> {
  if (change.kind === 'tree') return TREE[(await treeState(treeRecord(run, index, change), sys)).state]
  const now = await readRights(change.path, sys)
  if (now === null) return 'gone'
  if (sameRights(now, change.before)) return 'back'
  return areOurs(change, now) ? 'ours' : 'edited'
}

export type StepDecision = { part: StepPart; outcome: Outcome }

type Ask = (question: ThreeWay) => Promise<'keep' | 'restore' | 'ours'>

/** What is to become of each, the person asked where something else stands there now. Throws `needs-admin` {path}. */
export async function decideSteps(
  run: Run,
  policy: ConflictPolicy,
  ask: Ask,
  sys: System,
): Promise<readonly StepDecision[]> {
  const decisions: StepDecision[] = []
  for (const part of [...(await stepParts(run, sys))].reverse()) {
    const { change, state } = part
    let outcome: Outcome = state === 'gone' ? 'gone' : 'restored'
    if (state === 'edited') {
      const answer = policy === 'ask' ? await ask(await threeWay(run, part, sys)) : policy
      // Of a tree nothing is ours but that it is away: without it stays what stands there.
      if (answer === 'keep' || (answer === 'ours' && change.kind === 'tree')) outcome = 'kept'
      else if (answer === 'ours') outcome = 'merged'
    }
    if (change.kind === 'rights' && outcome !== 'kept') await needRights(change, sys)
    decisions.push({ part, outcome })
  }
  return decisions
}

async function needRights({ path, before }: RightsChange, sys: System): Promise<void> {
  const now = await readRights(path, sys)
  if (now !== null && !sameRights(now, before) && !mayChange(now, before, sys))
    throw new CodedError('needs-admin', { path })
}

/** What was there, what is there, and what an answer leaves: rights, or how a listing shows the thing itself. */
async function threeWay(run: Run, { index, change }: StepPart, sys: System): Promise<ThreeWay> {
  const [before, written, now] = await looks(run, index, change, sys)
  const diff = (from: string | null, to: string | null): string => diffText(change.path, bytes(from), bytes(to))
  const leave = (choice: 'keep' | 'restore' | 'ours', to: string | null): ThreeWay['leaves'][number] => ({
    choice,
    diff: diff(now, to),
    result: to === now ? 'same' : 'other',
  })
  const rights = change.kind === 'rights' ? await readRights(change.path, sys) : null
  const ours = rights && change.kind === 'rights' ? [leave('ours', showRights(withoutOurs(change, rights)))] : []
  return {
    path: change.path,
    written: diff(before, written),
    edited: diff(written, now),
    leaves: [leave('keep', now), leave('restore', before), ...ours],
  }
}

const bytes = (text: string | null): Uint8Array | null => (text === null ? null : new TextEncoder().encode(`${text}\n`))

async function looks(
  run: Run,
  index: number,
  change: StepChange,
  sys: System,
): Promise<readonly [string | null, string | null, string | null]> {
  if (change.kind === 'rights') {
    const now = await readRights(change.path, sys)
    return [showRights(change.before), showRights(change.after), now && showRights(now)]
  }
  const state = await treeState(treeRecord(run, index, change), sys)
  return [state.kept === null ? null : await listed(state.at, sys), null, await listed(change.path, sys)]
}

async function listed(path: string, sys: System): Promise<string | null> {
  const stat = await sys.lstat(path)
  return stat && `${stat.kind} ${showRights(stat)} ${new Date(stat.mtimeMs).toISOString()}`
}

/** Carries the decisions out, going on past failures, each told by `failed`; only a cancel is thrown. */
export async function returnSteps(
  run: Run,
  decisions: readonly StepDecision[],
  { sys, signal }: { sys: System; signal: AbortSignal },
  failed: (path: string, error: unknown) => void,
): Promise<void> {
  for (const { part, outcome } of decisions) {
    signal.throwIfAborted()
    const { index: i, change } = part
    try {
      if (outcome !== 'kept' && outcome !== 'gone') {
        if (change.kind === 'tree') await returnTree(run, i, await treeState(treeRecord(run, i, change), sys), sys)
        else await returnRights(run, i, change, outcome, sys)
      }
      await record(run.path, { t: 'undo-done', i, outcome }, sys)
    } catch (error) {
      failed(change.path, error)
    }
  }
  await tidyKept(stateOf(run.path), new Set([run.id, ...[...run.kept.values()].flat().map((one) => one.run)]), sys)
}

async function returnTree(run: Run, i: number, now: TreeState, sys: System): Promise<void> {
  const change = run.changes[i]
  if (change?.kind !== 'tree') return
  if (now.kept === null) return closeAgain(treeRecord(run, i, change), sys)
  const kept = await keptNow(now.kept, now.at, sys)
  // The person has chosen the old one; what came in its place since stays with the run's record.
  const aside = now.state === 'both' ? await asideFor(run, i, change.path, kept, sys) : null
  await record(run.path, { t: 'undo-intent', i, temporary: null, interim: null, kept, aside }, sys)
  if (aside) await moveAside(change.path, keptPath(stateOf(run.path), change.path, aside), aside, sys)
  await moveBack(change.path, now.at, kept, sys)
}

async function asideFor(run: Run, i: number, path: string, near: Kept, sys: System): Promise<Kept> {
  for (let n = 1; ; n++) {
    const place: Kept = { ...near, as: `${i}-later${n}`, mode: null }
    if ((await sys.lstat(keptPath(stateOf(run.path), path, place))) === null) return keptNow(place, path, sys)
  }
}

async function returnRights(run: Run, i: number, change: Change, outcome: Outcome, sys: System): Promise<void> {
  if (change.kind !== 'rights') return
  const { path, before } = change
  const now = await readRights(path, sys)
  if (now === null || sameRights(now, before)) return
  await record(run.path, { t: 'undo-intent', i, temporary: null, interim: null }, sys)
  await putRights(path, now, outcome === 'merged' ? withoutOurs(change, now) : before, sys)
}

/** Those that are not back yet, by path; what can't be read is not known to be. */
export async function openSteps(run: Run, decisions: readonly StepDecision[], sys: System): Promise<readonly string[]> {
  const open: string[] = []
  for (const { part, outcome } of decisions) {
    if (outcome === 'kept' || outcome === 'gone') continue
    const state = await standOf(run, part.index, part.change, sys).catch(() => part.state)
    if (state === 'ours' || (state === 'edited' && outcome !== 'merged')) open.push(part.change.path)
  }
  return open
}
