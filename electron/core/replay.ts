import type { AppError, Finding, Note } from '../contract/note.ts'
import type { Change, FileState } from '../contract/plan.ts'
import type { RunSummary, Why } from '../contract/run.ts'
import { fromBase64 } from './bytes.ts'
import { type Held, isHeld } from './held.ts'
import type { JournalRecord, Outcome } from './journal.ts'
import type { Kept } from './kept-place.ts'
import type { Brought } from './presence.ts'

/** What a change would have been without an earlier run; it counts once that one has given back its change `of`. */
type Rebase = { i: number; before: Held | null; after: Held | null; by: string; of: number }

/** A run as its journal tells it. `touched`: indices of changes that were begun. */
export type Run = {
  id: string
  path: string
  /** Bytes of its journal. */
  size: number
  startedAt: string
  pid: number
  /** What it inherited from earlier runs stands at the end. */
  changes: readonly Change[]
  choices: readonly Note[]
  why: Why | null
  squashed: { ids: readonly string[]; count: number; since: string } | null
  proved: Pick<RunSummary, 'receipt' | 'module'>
  touched: ReadonlySet<number>
  /** Changes that the helper with administrator rights was asked for, and whether its part is given back. */
  elevated: ReadonlySet<number>
  elevatedBack: boolean
  /** Changes that stand no longer: given back by an undo or a rollback, by index. */
  givenBack: ReadonlyMap<number, Outcome>
  /** What an undo meant to leave, by index: the sign of the content and the outcome's word. */
  meant: ReadonlyMap<number, { to: string; outcome: Outcome }>
  rebases: readonly Rebase[]
  /** Which of the changes came from an earlier run, by index. */
  inherited: ReadonlyMap<number, { by: string; of: number }>
  /** What came with a package, by index. */
  brought: ReadonlyMap<number, Brought>
  /** What stood in a file for one reload only, by index. */
  interims: ReadonlyMap<number, readonly Uint8Array[]>
  /** Where its trees were moved to, by index. */
  kept: ReadonlyMap<number, readonly Kept[]>
  /** Where what stood in the place of a tree that came back was moved to, by index. */
  aside: ReadonlyMap<number, readonly Kept[]>
  /** Trees that are deleted for good. */
  dropped: ReadonlySet<number>
  /** Notices with an interim content, by index: what is to stand in the file after it. */
  notices: ReadonlyMap<number, { interim: Uint8Array; was: FileState | null }>
  /** Temporary files that a run which was cut off may have left. */
  temporaries: readonly string[]
  end: 'applied' | 'failed' | 'cancelled' | null
  error: AppError | null
  findings: readonly Finding[]
  /** What a rollback could not give back. */
  remaining: readonly string[]
  /** The run, or its undo, has begun and not come to its end (power, kill -9), and nobody has settled that. */
  cutOff: boolean
  /** An undo has begun and not come to its end. */
  undoing: boolean
  undone: boolean
}

type Draft = ReturnType<typeof draft>

function draft() {
  return {
    changes: [] as Change[],
    touched: new Set<number>(),
    elevated: new Set<number>(),
    elevatedBack: false,
    givenBack: new Map<number, Outcome>(),
    meant: new Map<number, { to: string; outcome: Outcome }>(),
    /** Whether what an undo wrote last is there for one reload only. */
    passing: new Set<number>(),
    rebases: [] as Rebase[],
    inherited: new Map<number, { by: string; of: number }>(),
    brought: new Map<number, Brought>(),
    interims: new Map<number, Uint8Array[]>(),
    kept: new Map<number, readonly Kept[]>(),
    aside: new Map<number, readonly Kept[]>(),
    dropped: new Set<number>(),
    notices: new Map<number, { interim: Uint8Array; was: FileState | null }>(),
    temporaries: new Set<string>(),
    end: null as Run['end'],
    error: null as AppError | null,
    findings: [] as readonly Finding[],
    remaining: [] as readonly string[],
    proved: { receipt: null, module: null } as Run['proved'],
    cutOff: true,
    undoing: false,
    undone: false,
  }
}

/** Puts a journal's records together. `size`: bytes. */
export function replay(
  path: string,
  size: number,
  begin: Extract<JournalRecord, { t: 'begin' }>,
  records: readonly JournalRecord[],
): Run {
  const run = draft()
  run.changes.push(...begin.changes)
  for (const entry of records) take(run, entry)
  const { passing: _, temporaries, undoing, undone, ...rest } = run
  const { id, startedAt, pid, choices, why, squashed = null } = begin
  return {
    ...rest,
    id,
    path,
    size,
    startedAt,
    pid,
    choices,
    why,
    squashed,
    temporaries: [...temporaries],
    undoing: undoing && !undone,
    undone,
  }
}

function take(run: Draft, entry: JournalRecord): void {
  switch (entry.t) {
    case 'intent':
      run.touched.add(entry.i)
      if (entry.brought) run.brought.set(entry.i, entry.brought)
      if (run.changes[entry.i]?.kind === 'notice') return notice(run, entry)
      if (entry.kept) run.kept.set(entry.i, withPlace(run.kept.get(entry.i), entry.kept))
      return write(run, entry)
    case 'done':
      run.notices.delete(entry.i)
      return
    case 'dropped':
      run.dropped.add(entry.i)
      return
    case 'undo-intent': {
      const { i, to, outcome, interim, kept, aside } = entry
      if (kept) run.kept.set(i, withPlace(run.kept.get(i), kept))
      if (aside) run.aside.set(i, withPlace(run.aside.get(i), aside))
      if (to && outcome) run.meant.set(i, { to, outcome })
      if (interim === null) run.passing.delete(i)
      else run.passing.add(i)
      return write(run, entry)
    }
    case 'undo-done':
      if (!run.passing.has(entry.i)) run.givenBack.set(entry.i, entry.outcome)
      return
    case 'rebase':
      run.rebases.push(entry)
      return
    case 'inherit':
      run.inherited.set(run.changes.length, entry)
      run.changes.push(entry.change)
      return
    case 'elevated':
      for (const index of entry.changes) run.elevated.add(index)
      return
    case 'elevated-back':
      run.elevatedBack = true
      return
    case 'proved':
      run.proved = { receipt: entry.receipt, module: entry.module }
      return
    default:
      return turn(run, entry)
  }
}

/** The places with one more; what is told of one again counts. */
const withPlace = (known: readonly Kept[] = [], one: Kept): readonly Kept[] => [
  ...known.filter(({ place, run, as }) => place !== one.place || run !== one.run || as !== one.as),
  one,
]

function notice(run: Draft, { i, temporary, interim, was = null }: Extract<JournalRecord, { t: 'intent' }>): void {
  if (interim !== null) run.notices.set(i, { interim: fromBase64(interim), was })
  if (temporary !== null) run.temporaries.add(temporary)
}

/** What may lie on the disk from then on. */
function write(run: Draft, { i, temporary, interim }: Extract<JournalRecord, { t: 'intent' | 'undo-intent' }>): void {
  if (interim !== null) run.interims.set(i, [...(run.interims.get(i) ?? []), fromBase64(interim)])
  if (temporary !== null) run.temporaries.add(temporary)
}

/** Where the run as a whole stands. */
function turn(run: Draft, entry: JournalRecord): void {
  if (entry.t === 'end') {
    run.end = entry.status
    run.remaining = entry.remaining
    run.error = entry.error
    run.findings = entry.findings
  }
  if (entry.t === 'undo-begin') run.undoing = true
  if (entry.t === 'undo-end') run.undone = true
  if (entry.t === 'undo-begin') run.cutOff = true
  else if (entry.t === 'end' || entry.t === 'undo-end' || entry.t === 'settled') run.cutOff = false
}

/** Runs that were put together into another one, whose own records still lie there. */
export function supersededOf(runs: readonly Run[]): readonly Run[] {
  const held = new Set(runs.flatMap((run) => run.squashed?.ids ?? []))
  return runs.filter((run) => held.has(run.id))
}

/**
 * Settles what the runs' journals say of each other: what a run would have been without those that were undone
 * since, what it inherited from them, and which records another one holds already.
 */
export function resolve(runs: readonly Run[]): readonly Run[] {
  const superseded = new Set(supersededOf(runs))
  const standing = runs.filter((run) => !superseded.has(run))
  const known = new Map(standing.map((run) => [run.id, run]))
  /** A record that is gone was that of a run that is undone: only those are removed. */
  const counts = ({ by, of }: { by: string; of: number }): boolean => {
    const run = known.get(by)
    return run === undefined || run.undone || run.givenBack.has(of)
  }
  return standing.map((run) => {
    const changes = [...run.changes]
    for (const { i, before, after } of run.rebases.filter(counts)) {
      const change = changes[i]
      if (change !== undefined && isHeld(change)) changes[i] = withStates(change, before, after)
    }
    const inherited = [...run.inherited].filter(([, from]) => counts(from)).map(([index]) => index)
    return { ...run, changes, touched: new Set([...run.touched, ...inherited]) }
  })
}

/** The same change between two other contents. Throws `TypeError` where those are of another kind. */
export function withStates<C extends Change>(change: C, before: Held | null, after: Held | null): C {
  for (const held of [before, after])
    if (held !== null && 'bytes' in held !== (change.kind === 'file')) throw new TypeError('of another kind')
  return { ...change, before, after }
}
