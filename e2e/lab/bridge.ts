import { z } from 'zod'
import { LabError, must, run } from './process.ts'

/** A bridge of the lab: its name, the gateway's address (the lab's servers listen there) and the network in it. */
export type Bridge = { name: string; address: string; network: string }

const addressesSchema = z.array(
  z.object({ ifname: z.string(), addr_info: z.array(z.object({ local: z.string().optional() })) }),
)

/** Makes the bridge `grlab<N>` with 172.30.N.1/24 for an N that nothing on this machine uses. */
export async function makeBridge(): Promise<Bridge> {
  const first = process.pid % 250
  for (let step = 0; step < 250; step++) {
    const number = 1 + ((first + step) % 250)
    const name = `grlab${number}`
    const address = `172.30.${number}.1`
    const used = addressesSchema.parse(JSON.parse(await must(['ip', '-j', 'addr'])))
    if (used.some((link) => link.addr_info.some((info) => info.local?.startsWith(`172.30.${number}.`) === true)))
      continue
    // Two labs that look at the same time: the name can be taken only once.
    if ((await run(['ip', 'link', 'add', name, 'type', 'bridge'])).code !== 0) continue
    try {
      await must(['ip', 'addr', 'add', `${address}/24`, 'dev', name])
      await must(['ip', 'link', 'set', name, 'up'])
    } catch (error) {
      await removeBridge(name)
      throw error
    }
    return { name, address, network: `172.30.${number}.0/24` }
  }
  throw new LabError('bridge', 'no free network in 172.30.0.0/16')
}

/** Removes the bridge; fine when there is none. */
export async function removeBridge(name: string): Promise<void> {
  await run(['ip', 'link', 'del', name])
}

export async function bridgeExists(name: string): Promise<boolean> {
  return (await run(['ip', 'link', 'show', name])).code === 0
}
