import { networkInterfaces } from 'node:os'
import type { KitInterface } from '../contract/kit.ts'
import { CodedError } from '../core/errors.ts'

/** This machine's IPv4 interfaces, loopback last. */
export function listInterfaces(): readonly KitInterface[] {
  const all = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).flatMap(({ address, family, internal }) =>
      family === 'IPv4' && !address.startsWith('169.254.') ? [{ name, address, internal }] : [],
    ),
  )
  return all.toSorted((a, b) => Number(a.internal) - Number(b.internal)).map(({ name, address }) => ({ name, address }))
}

/**
 * The one interface that a room is served on, by its name or address. What stands for all of them is none.
 * Throws `bad-arguments` {name, value}.
 */
export function findInterface(wanted: string): KitInterface {
  const all = listInterfaces()
  const found = all.find(({ address }) => address === wanted) ?? all.find(({ name }) => name === wanted)
  if (found === undefined)
    throw new CodedError('bad-arguments', { reason: 'cli:reason.value', name: '--interface', value: wanted })
  return found
}
