import type { Fault } from '../fault.ts'

/** The areas in which faults are planted. */
export const AREAS = ['network', 'certificate', 'docker', 'go', 'cache', 'files', 'packages'] as const
export type Area = (typeof AREAS)[number]
export type Planted = Fault & { area: Area }

const FILES = import.meta.glob<Readonly<Record<string, unknown>>>('./*.ts')

/**
 * Every fault with its area: what `faults/AREA.ts` exports as `AREAFaults`. Only the areas of `wanted` are loaded, so
 * that one that is being written does not break the others. Throws for a name that two faults have.
 */
export async function allFaults(wanted: readonly Area[] = AREAS): Promise<readonly Planted[]> {
  const faults: Planted[] = []
  for (const area of wanted) {
    const load = FILES[`./${area}.ts`]
    const list = load === undefined ? [] : (await load())[`${area}Faults`]
    if (!isList(list)) throw new Error(`faults/${area}.ts exports no ${area}Faults`)
    for (const fault of list) faults.push({ ...fault, area, alone: fault.alone ?? area === 'docker' })
  }
  const twice = faults.find(({ name }, index) => faults.findIndex((one) => one.name === name) !== index)
  if (twice !== undefined) throw new Error(`two faults are called ${twice.name}`)
  return faults
}

const isList = (value: unknown): value is readonly Fault[] => Array.isArray(value)
