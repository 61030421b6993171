import type { Fault } from '../fault.ts'
import { cacheFaults } from './cache.ts'
import { certificateFaults } from './certificate.ts'
import { dockerFaults } from './docker.ts'
import { filesFaults } from './files.ts'
import { goFaults } from './go.ts'
import { networkFaults } from './network.ts'
import { packagesFaults } from './packages.ts'

const LISTS = {
  network: networkFaults,
  certificate: certificateFaults,
  docker: dockerFaults,
  go: goFaults,
  cache: cacheFaults,
  files: filesFaults,
  packages: packagesFaults,
} as const satisfies Readonly<Record<string, readonly Fault[]>>

export type Area = keyof typeof LISTS
export type Planted = Fault & { area: Area }

/** The areas in which faults are planted. */
export const AREAS = ['network', 'certificate', 'docker', 'go', 'cache', 'files', 'packages'] as const satisfies Area[]

/** Every fault of the wanted areas. Throws for a name that two faults have. */
export function allFaults(wanted: readonly Area[] = AREAS): readonly Planted[] {
  const faults = wanted.flatMap((area) => {
    const list: readonly Fault[] = LISTS[area]
    return list.map((fault): Planted => ({ ...fault, area, alone: fault.alone ?? area === 'docker' }))
  })
  const twice = faults.find(({ name }, index) => faults.findIndex((one) => one.name === name) !== index)
  if (twice !== undefined) throw new Error(`two faults are called ${twice.name}`)
  return faults
}
