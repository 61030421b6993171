import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { under } from '../core/paths.ts'
import type { Places } from '../core/places.ts'
import type { System } from '../core/system.ts'
import { stateFile } from '../desk/state-file.ts'

const schema = z.object({ id: z.string().min(8).max(128) })

/**
 * What tells this machine from the others of a room: /etc/machine-id (systemd's machine-id(5), which asks that it
 * is not sent out; it is only hashed here), else a number of our own, kept with the program's records.
 */
export async function machineId(sys: System, places: Places): Promise<string> {
  const own = await systemId(sys, places)
  if (own !== null) return own
  const file = stateFile(places.state, 'machine.json', schema, sys)
  const known = await file.read()
  if (known !== null) return known.id
  const id = randomUUID()
  // Where nothing can be written each start is another machine; the race is as good.
  await file.write({ id }).catch(() => {})
  return id
}

async function systemId(sys: System, places: Places): Promise<string | null> {
  if (places.platform !== 'linux') return null
  try {
    const text = new TextDecoder().decode(await sys.readFile(under(places.root, 'etc/machine-id'))).trim()
    return /^[0-9a-f]{32}$/.test(text) ? text : null
  } catch {
    return null
  }
}
