import type { Change } from '../contract/plan.ts'
import { isHeld } from './held.ts'
import type { Run } from './replay.ts'
import { isAt, isStep } from './steps.ts'
import { isDropped } from './tree.ts'

/** A place that a run has changed and would change again when it is undone. */
type Place = { path: string; kind: 'tree' | 'rights' | 'file' | 'dir' }

function placesOf(run: Run): readonly Place[] {
  return run.changes.flatMap((change, index): readonly Place[] => {
    // What the helper did stands in a record of its own.
    const elevated = run.elevated.has(index) && !run.elevatedBack
    if ((!run.touched.has(index) && !elevated) || run.givenBack.has(index)) return []
    // What is deleted for good does not come back into anybody's way.
    if (change.kind === 'tree' && isDropped(run, index, change)) return []
    return placeOf(change)
  })
}

function placeOf(change: Change): readonly Place[] {
  if (isStep(change) || change.kind === 'dir') return [{ path: change.path, kind: change.kind }]
  return isHeld(change) && change.kind === 'file' ? [{ path: change.real, kind: 'file' }] : []
}

/** Whether one run's moving or rights and a later run's change meet in one place, so that the later has to go first. */
export function clashes(earlier: Run, later: Run): boolean {
  const mine = placesOf(earlier)
  if (mine.length === 0) return false
  return placesOf(later).some((b) => mine.some((a) => meet(a, b)))
}

function meet(a: Place, b: Place): boolean {
  // What lies in a tree that went away later comes back with it, as the earlier run left it.
  if (b.kind === 'tree' && isAt(a.path, b.path)) return true
  // What a later run made in the place of a tree would be in its way.
  if (a.kind === 'tree' && isAt(b.path, a.path)) return true
  return (a.kind === 'rights' || b.kind === 'rights') && a.path === b.path
}
