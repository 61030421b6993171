import { findPrograms } from '../../../settings/find-program.ts'
import type { GoTool } from '../../../settings/why/go-below.ts'
import type { DoctorContext } from '../../check.ts'

/**
 * The go that a terminal starts. null: there is none, or it does not answer; then the next one in PATH says nothing
 * about it.
 */
export async function firstGo({ sys, places, facts }: DoctorContext): Promise<GoTool | null> {
  const [[first], [tool]] = await Promise.all([findPrograms(sys, places, 'go', []), facts.goTools()])
  return tool !== undefined && (first === undefined || first === tool.path) ? tool : null
}
