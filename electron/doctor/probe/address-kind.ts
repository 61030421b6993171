import { BlockList, isIP } from 'node:net'

const list = (nets: readonly (readonly [string, number])[]): BlockList => {
  const all = new BlockList()
  for (const [address, bits] of nets) all.addSubnet(address, bits, address.includes(':') ? 'ipv6' : 'ipv4')
  return all
}

/** Of one site alone (RFC 1918, 4193, 6598, 3927), and what leads back to the machine itself. */
const PRIVATE = list([
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['127.0.0.0', 8],
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
])
/**
 * What no server of the internet has (IANA's registry of special addresses). A proxy program that takes all traffic
 * gives such ones to names for itself, so that they alone say nothing.
 */
const NOWHERE = list([
  ['0.0.0.0', 8],
  ['192.0.2.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['240.0.0.0', 4],
  ['::', 128],
  ['2001:db8::', 32],
])

const isIn = (block: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && block.check(address, family === 4 ? 'ipv4' : 'ipv6')
}

/** Whether an address in numbers is of one site alone, or the machine itself. */
export const isPrivateAddress = (address: string): boolean => isIn(PRIVATE, address)

/** Whether no server of the internet can have this address. */
export const isNotPublic = (address: string): boolean => isIn(PRIVATE, address) || isIn(NOWHERE, address)

/** Names that only a site itself knows (RFC 6762, 8375, ICANN's `.internal`), or that have no domain at all. */
export const isSiteName = (host: string): boolean =>
  !host.replace(/\.$/, '').includes('.') || /\.(local|localdomain|lan|internal|home\.arpa|localhost)\.?$/i.test(host)
