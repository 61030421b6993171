import type { Change, Edit, RightsChange } from '../contract/plan.ts'
import { type Held, type HeldChange, isHeld, placeOf, sameHeld } from './held.ts'
import { encodeRun, readRuns, runsFolder } from './journal.ts'
import { type Kept, keptPath, stateOf } from './kept-place.ts'
import { keptOf, removeOrphans, removeRecord, soundPath, tidyKept } from './kept.ts'
import { isPresence, presenceName } from './presence.ts'
import { type Formats, withoutOurs, withoutTheirs } from './rebase.ts'
import { type Run, withStates } from './replay.ts'
import { sameRights } from './rights.ts'
import { undoable } from './standing.ts'
import type { System } from './system.ts'
import { isDropped } from './tree.ts'

/**
 * How much history is kept. A run of the wizard takes some 20 kB (each file it changes, before and after), and all
 * records are read at every start: 16 MiB take about a tenth of a second. 200 runs are a teacher's term.
 */
export const MAX_BYTES = 16 * 1024 * 1024
export const MAX_RUNS = 200

type Bounds = { bytes: number; runs: number }

/**
 * Keeps the history within its bounds, before another run begins. Records that nothing can be
 * given back from go first, the oldest first. What stands is never dropped: the two oldest become one, as if they had
 * been one run. Every step leaves records that still undo right. `squash` false: only the first of the two.
 */
export async function keepBounds(
  state: string,
  formats: Formats,
  sys: System,
  squash: boolean,
  bounds: Bounds = { bytes: MAX_BYTES, runs: MAX_RUNS },
): Promise<void> {
  for (;;) {
    const { runs, superseded } = await readRuns(state, sys)
    // The rest of one that was cut off in the middle of putting two together.
    for (const path of superseded) await sys.removeFile(path)
    await removeOrphans(state, runs, await sys.list(runsFolder(state)).catch(() => []), sys)
    const size = runs.reduce((sum, run) => sum + run.size, 0)
    if (runs.length < bounds.runs && size <= bounds.bytes) return
    const over = runs.findLast((run) => !undoable(run) && !run.cutOff)
    if (over) {
      await removeRecord(over, runs, sys)
      continue
    }
    const pair = squash ? oldestPair(runs) : null
    if (pair === null || !(await putTogether(...pair, formats, sys))) return
  }
}

/** The two oldest neighbours that stand whole. */
function oldestPair(runs: readonly Run[]): readonly [Run, Run] | null {
  const oldestFirst = runs.toReversed()
  for (const [index, older] of oldestFirst.entries()) {
    const newer = oldestFirst[index + 1]
    if (newer !== undefined && isWhole(older) && isWhole(newer)) return [older, newer]
  }
  return null
}

/** The helper's part of a run stands in a record of its own, under the run's name. */
const isWhole = (run: Run): boolean =>
  run.end === 'applied' && undoable(run) && !run.cutOff && !run.undoing && run.elevated.size === 0

/**
 * Puts two runs into one record, in the place of the newer. Its name and that of the older stand in it: until the
 * older record is gone as well, it counts as gone. Answers false where the two cannot be put together.
 */
async function putTogether(older: Run, newer: Run, formats: Formats, sys: System): Promise<boolean> {
  let changes: readonly Change[]
  try {
    changes = joinChanges(older, newer, formats)
  } catch {
    return false
  }
  const state = stateOf(newer.path)
  const stat = await sys.lstat(newer.path)
  if (stat === null) return false
  const kept = keptBy(changes, older, newer)
  const joined: Run = {
    ...newer,
    changes,
    touched: new Set(changes.keys()),
    ...kept,
    brought: broughtOf(changes, older, newer),
    squashed: {
      ids: [older.id],
      count: (older.squashed?.count ?? 0) + (newer.squashed?.count ?? 0) + 1,
      since: older.squashed?.since ?? older.startedAt,
    },
  }
  const text = encodeRun(joined)
  const temporary = `${newer.path}.joined`
  if (await sys.lstat(temporary)) await sys.removeFile(temporary)
  const { mode, uid, gid } = stat
  await sys.replaceFile(newer.path, new TextEncoder().encode(text), { mode, uid, gid, temporary })
  await sys.removeFile(older.path)
  // A tree that came and went between the two is nobody's any more.
  const mine = new Set(keptOf(joined).map(({ change, kept: one }) => keptPath(state, change.path, one)))
  for (const { change, kept: one } of [...keptOf(older), ...keptOf(newer)])
    if (!mine.has(keptPath(state, change.path, one)))
      await sys.removeTree(await soundPath(state, change.path, one, sys))
  await tidyKept(state, [older.id, newer.id], sys)
  return true
}

/** What stood before the older, what the newer left; what both cancel out is no change any more. */
function joinChanges(older: Run, newer: Run, formats: Formats): readonly Change[] {
  const early = standing(older)
  const late = standing(newer)
  const seen = new Set(late.map(nameOf))
  const isGone = (change: Change): boolean =>
    change.kind === 'tree' && [older, newer].some((run) => isDropped(run, run.changes.indexOf(change), change))
  const joined = late.flatMap((change): readonly Change[] => {
    const first = early.find((one) => nameOf(one) === nameOf(change))
    if (first === undefined) return [change]
    if (isHeld(change) && isHeld(first)) return joinHeld(first, change, formats)
    if (change.kind === 'rights' && first.kind === 'rights') return joinRights(first, change)
    // What was there before both is what comes back, if it still can.
    return change.kind === 'tree' && isGone(first) && !isGone(change) ? [first, change] : [first]
  })
  const folders = (change: Change) => (change.kind === 'dir' ? 0 : 1)
  return [...early.filter((change) => !seen.has(nameOf(change))), ...joined].toSorted((a, b) => folders(a) - folders(b))
}

const standing = (run: Run): readonly Change[] =>
  run.changes.filter(
    (change, index) => change.kind === 'image' || (run.touched.has(index) && !run.givenBack.has(index)),
  )

const nameOf = (change: Change): string => {
  if (isHeld(change)) return `held ${placeOf(change)}`
  if (isPresence(change)) return `${change.kind} ${presenceName(change)}`
  return `${change.kind} ${'path' in change ? change.path : change.name}`
}

function joinHeld(first: HeldChange, last: HeldChange, formats: Formats): readonly HeldChange[] {
  const both = [...first.edits, ...last.edits]
  const kinds = new Set(both.map(({ target }) => (target.kind === 'file' ? target.format : '')))
  if (kinds.size > 1 || first.kind !== last.kind) throw new TypeError('of two kinds')
  const mine = sameHeld(first.after, last.before) ? first : withoutTheirs(first, last.before, formats)
  // What somebody edited between the two is the person's own, before and after.
  const before: Held | null = mine === first ? first.before : withoutOurs(mine, last.before, formats)
  if (sameHeld(before, last.after)) return []
  const notify = [...new Set([...first.notify, ...last.notify])]
  const edits = joinEdits(mine.edits, last.edits)
  return [{ ...withStates(last, before, last.after), edits, notify, admin: first.admin || last.admin }]
}

function joinRights(first: RightsChange, last: RightsChange): readonly RightsChange[] {
  // What somebody set between the two is the person's own.
  const before = sameRights(first.after, last.before) ? first.before : last.before
  return sameRights(before, last.after) ? [] : [{ ...last, before, admin: first.admin || last.admin }]
}

function keptBy(changes: readonly Change[], ...runs: readonly Run[]): Pick<Run, 'kept' | 'aside' | 'dropped'> {
  const kept = new Map<number, readonly Kept[]>()
  const dropped = new Set<number>()
  for (const [index, change] of changes.entries())
    for (const run of runs) {
      const at = run.changes.indexOf(change)
      if (at < 0 || change.kind !== 'tree') continue
      if (isDropped(run, at, change)) dropped.add(index)
      kept.set(index, run.kept.get(at) ?? [])
    }
  return { kept, aside: new Map(), dropped }
}

function joinEdits(first: readonly Edit[], last: readonly Edit[]): readonly Edit[] {
  const keys = new Map(last.map((edit) => [edit.key, edit]))
  const early = first.map((edit): Edit => {
    const later = keys.get(edit.key)
    keys.delete(edit.key)
    if (later === undefined) return edit
    const secret = edit.secret === true || later.secret === true
    return { ...later, before: edit.before, ...(secret ? { secret } : {}) }
  })
  return [...early, ...keys.values()]
}

function broughtOf(changes: readonly Change[], ...runs: readonly Run[]): Run['brought'] {
  const found = new Map<number, NonNullable<ReturnType<Run['brought']['get']>>>()
  for (const [index, change] of changes.entries())
    for (const run of runs)
      for (const [at, brought] of run.brought) {
        const one = run.changes[at]
        if (one !== undefined && nameOf(one) === nameOf(change)) found.set(index, brought)
      }
  return found
}
