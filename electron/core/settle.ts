import type { Finding } from '../contract/note.ts'
import type { HandlerId } from '../contract/plan.ts'
import { isOurs } from './apply.ts'
import { causeText } from './errors.ts'
import { bytesOf, type Held, type HeldChange, readHeld, sameHeld } from './held.ts'
import { mendJournal, record } from './journal.ts'
import { stateOf as recordsOf } from './kept-place.ts'
import { tidyKept } from './kept.ts'
import { takeBackNotices } from './notice.ts'
import { isBack, isPresence, presenceName, touchedPresences } from './presence.ts'
import type { Run } from './replay.ts'
import { signOf } from './sign.ts'
import { laterOn, touchedFiles, undoable } from './standing.ts'
import type { System } from './system.ts'
import { closeAgain, treeRecord } from './tree.ts'
import { stepParts } from './undo-steps.ts'
import { isWithin, removeTemporaries, type UndoContext } from './undo.ts'

/**
 * Settles a run that was cut off (power, kill -9): removes its temporary files, lets the services notice
 * what stands in their files now, and says how each file stands. Undo can then give it back.
 */
export async function settle(
  run: Run,
  runs: readonly Run[],
  context: Pick<UndoContext, 'sys' | 'handlers' | 'signal' | 'presence'>,
): Promise<readonly Finding[]> {
  const { sys, handlers, signal, presence } = context
  await mendJournal(run.path, sys)
  await removeTemporaries(run, sys)
  await removeEmptyFolders(run, runs, sys)
  const findings: Finding[] = [...(await settleNotices(run, context)), ...(await settleSteps(run, sys))]
  const told = new Set<HandlerId>()
  for (const { index, change } of touchedFiles(run)) {
    const current = await readHeld(change, sys)
    const state = await stateOf(run, runs, index, change, current)
    // The undo had written it and was cut off before it could say so.
    const meant = run.meant.get(index)
    if (state === 'before' && meant && !run.givenBack.has(index) && (await signOf(current)) === meant.to)
      await record(run.path, { t: 'undo-done', i: index, outcome: meant.outcome }, sys)
    findings.push(finding(run, change.path, state))
    const path = change.kind === 'file' ? change.real : change.path
    for (const id of change.notify) {
      const handler = handlers.get(id)
      if (handler?.once && told.has(id)) continue
      told.add(id)
      try {
        await handler?.notice(sys, path, bytesOf(current), signal, 'back')
      } catch (error) {
        findings.push({
          id: 'settled.not-noticed',
          severity: 'warning',
          note: { key: 'plan:settled.not-noticed', values: { path: change.path } },
          details: [causeText(error)],
        })
      }
    }
  }
  for (const index of touchedPresences(run)) {
    const change = run.changes[index]
    if (change === undefined || !isPresence(change) || presence === undefined) continue
    const state = (await isBack(presence, change, run.brought.get(index) ?? null, sys)) ? 'before' : 'after'
    findings.push(finding(run, presenceName(change), state))
  }
  await record(run.path, { t: 'settled', at: new Date().toISOString() }, sys)
  return findings
}

const finding = (run: Run, path: string, state: 'before' | 'after' | 'neither'): Finding => ({
  id: `settled.${state}`,
  severity: state === 'neither' ? 'warning' : 'info',
  note: { key: `plan:settled.${state}`, values: { path, run: run.id } },
})

/** A file that held something for one reload only comes back at once. */
async function settleNotices(
  run: Run,
  context: Pick<UndoContext, 'sys' | 'handlers' | 'signal'>,
): Promise<readonly Finding[]> {
  const edited = await takeBackNotices(run.changes, run.notices, { ...context, journal: run.path, runId: run.id })
  return edited.map((path) => finding(run, path, 'neither'))
}

const SETTLED = { back: 'before', ours: 'after', edited: 'neither', gone: 'neither' } as const

/** Trees stay where they are; one that was cut off in its move is closed again. */
async function settleSteps(run: Run, sys: System): Promise<readonly Finding[]> {
  const findings: Finding[] = []
  for (const { index, change, state } of await stepParts(run, sys)) {
    if (change.kind === 'tree') await closeAgain(treeRecord(run, index, change), sys)
    findings.push(finding(run, change.path, SETTLED[state]))
  }
  await tidyKept(recordsOf(run.path), [run.id], sys)
  return findings
}

/**
 * A folder that was cut off between its making and its first file may not be its owner's yet: it would be in his way.
 * One in which another run has something stays.
 */
async function removeEmptyFolders(run: Run, runs: readonly Run[], sys: System): Promise<void> {
  for (const [index, change] of [...run.changes.entries()].toReversed()) {
    if (change.kind !== 'dir' || !run.touched.has(index) || run.givenBack.has(index)) continue
    if (runs.some((other) => other.id !== run.id && undoable(other) && isWithin(other, change.path))) continue
    if ((await sys.lstat(change.path))?.kind === 'dir') await sys.removeDir(change.path)
  }
}

async function stateOf(
  run: Run,
  runs: readonly Run[],
  index: number,
  change: HeldChange,
  current: Held | null,
): Promise<'before' | 'after' | 'neither'> {
  if (sameHeld(current, change.before)) return 'before'
  if ((await signOf(current)) === run.meant.get(index)?.to) return 'before'
  if (isOurs(change, current, run.interims.get(index))) return 'after'
  return laterOn(run, change, runs).some((later) => sameHeld(current, later.change.after)) ? 'after' : 'neither'
}
