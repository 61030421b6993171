import { setTimeout as sleep } from 'node:timers/promises'
import { findPrograms } from '../../../settings/find-program.ts'
import type { GoTool } from '../../../settings/why/go-below.ts'
import type { DoctorContext } from '../../check.ts'

/**
 * The go that a terminal starts. null: there is none, or it does not answer; then the next one in PATH says nothing
 * about it. `patience`: milliseconds, for what can be told without it as well.
 */
export async function firstGo({ sys, places, facts }: DoctorContext, patience?: number): Promise<GoTool | null> {
  const late = new AbortController()
  const tools =
    patience === undefined
      ? facts.goTools()
      : Promise.race([facts.goTools(), sleep(patience, [], { signal: late.signal }).catch(() => [])])
  const [[first], [tool]] = await Promise.all([findPrograms(sys, places, 'go', []), tools])
  late.abort()
  return tool !== undefined && (first === undefined || first === tool.path) ? tool : null
}
