import { createHash } from 'node:crypto'

/**
 * The addresses in the order of one machine: each machine has its own, and keeps it when others come or go
 * (rendezvous hashing). The machine's id goes into a hash here and nowhere else.
 */
export function spreadOrder<T extends { url: string }>(equals: readonly T[], machine: string): T[] {
  const weight = (url: string): string => createHash('sha256').update(`${machine}\0${url}`).digest('hex')
  return equals
    .map((entry) => ({ entry, weight: weight(entry.url) }))
    .toSorted((a, b) => (a.weight < b.weight ? 1 : -1))
    .map(({ entry }) => entry)
}
