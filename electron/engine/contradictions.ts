import type { Change } from '../contract/plan.ts'
import { isAt } from '../core/steps.ts'

/** Whether two changes of one plan cannot both be made, so that one has to wait for a plan of its own. */
export const contradict = (a: Change, b: Change): boolean => leaves(a, b) || leaves(b, a) || differ(a, b)

/** What is to be written lies in what goes away. */
const leaves = (tree: Change, other: Change): boolean =>
  tree.kind === 'tree' &&
  (other.kind === 'file' ? isAt(other.real, tree.path) : other.kind === 'dir' && isAt(other.path, tree.path))

/** The second would find other rights than it was made for. */
const differ = (a: Change, b: Change): boolean =>
  a.kind === 'rights' && b.kind === 'rights' && a.path === b.path && JSON.stringify(a) !== JSON.stringify(b)
