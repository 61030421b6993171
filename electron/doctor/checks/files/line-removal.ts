import type { Edit } from '../../../contract/plan.ts'
import { played } from '../../../settings/why/look.ts'
import { explain } from '../../../settings/why/why.ts'
import type { DoctorContext } from '../../check.ts'

/** The edits that take the line `PATH:LINE` away, which sets a variable; null: only a person can do it. */
export async function lineRemoval(
  { sys, facts }: DoctorContext,
  name: string,
  from: string,
): Promise<readonly Edit[] | null> {
  const startups = await facts.startups()
  const { why, removals } = await played(sys, startups.world, () =>
    explain({ name, facts: startups, image: null, below: () => [], emptyHides: true, findings: [], programs: [] }),
  )
  const layer = why.layers.find((one) => `${one.from}:${one.line ?? ''}` === from)
  return removals.get(layer?.removals[0]?.id ?? '')?.edits ?? null
}
