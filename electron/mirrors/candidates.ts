import type { TargetId } from '../contract/mirror.ts'
import type { Mirror } from './catalogue.ts'
import type { Candidate } from './race/adapter.ts'

/** More would not be measured within a race's limits. */
const MOST = 40

/** Who takes part of what is known: those of the target, the dead left out, the tool's own default among them. */
export function candidatesFor(target: TargetId, mirrors: readonly Mirror[]): Candidate[] {
  const all = mirrors
    .filter((mirror) => mirror.target === target && mirror.status !== 'dead')
    .map(
      ({ id, url, name, status, own = false }): Candidate => ({ id, url, name, official: status === 'upstream', own }),
    )
  const first = (one: Candidate): boolean => all.findIndex(({ url }) => sameUrl(url, one.url)) === all.indexOf(one)
  // The person's own and the tool's default are not the ones to be left out.
  const weight = ({ own, official }: Candidate): number => (own || official ? 0 : 1)
  return all
    .filter(first)
    .toSorted((a, b) => weight(a) - weight(b))
    .slice(0, MOST)
}

/** Whether two addresses mean the same place: a slash at the end makes no difference. */
export const sameUrl = (a: string, b: string): boolean => a.replace(/\/+$/, '') === b.replace(/\/+$/, '')
