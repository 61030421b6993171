import { stringify } from 'yaml'
import type { Seat } from '../contract/classroom.ts'

const HEAD = `# GoReady writes this file from seats.csv. Variables of your own belong into group_vars/ and host_vars/ beside it;
# if you change this file itself, GoReady keeps your copy beside it before it writes another one.
`

/** Ansible's inventory of a room: all seats in their order, and which of them run Windows. */
export function inventoryText(seats: readonly Seat[]): string {
  const hosts = Object.fromEntries(seats.map((seat) => [seat.name, hostOf(seat)]))
  const windows = Object.fromEntries(seats.filter(({ system }) => system === 'windows').map(({ name }) => [name, {}]))
  const inventory = { all: { children: { seats: { hosts }, windows: { hosts: windows, vars: WINDOWS } } } }
  return HEAD + stringify(inventory, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' })
}

/** OpenSSH for Windows starts cmd unless somebody changed that. */
const WINDOWS = { ansible_shell_type: 'cmd', goready_system: 'windows' }

function hostOf({ address, port, user }: Seat): Record<string, string | number> {
  return {
    ansible_host: address.replace(/^\[(.*)\]$/, '$1'),
    ...(port === undefined ? {} : { ansible_port: port }),
    ...(user === undefined ? {} : { ansible_user: user }),
  }
}
