import { hostOf, portOf } from '../../../mirrors/http/address.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { tryAddresses } from '../../probe/connect.ts'
import { resolveName } from '../../probe/name.ts'
import { lineRemoval } from '../files/line-removal.ts'
import { plainLine } from '../files/proxy-spellings.ts'

const NAMES = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap((name) => [name, name.toUpperCase()])

/**
 * A proxy that a file of the shells sets for each new terminal, and that is not there. What our own environment names is
 * on the way to the addresses in use, and is told of there.
 */
export const shellProxiesCheck: DoctorCheck = {
  id: 'network.shell-proxies',
  category: 'network',
  deadline: 8000,
  codes: ['network.shell-proxy-dead'],
  explains: ['proxy-dead', 'refused-local'],
  async check(context, signal) {
    const { facts, places } = context
    const [overrides, shells] = await Promise.all([facts.overrides(), facts.shells()])
    const found = new Map<string, Found>()
    for (const name of NAMES) {
      const line = places.environment[name] === undefined ? plainLine(overrides, name, context, shells) : null
      // A password that is hidden here makes no address.
      if (line === null || !URL.canParse(line.value) || found.has(line.value)) continue
      const proxy = new URL(line.value)
      if (proxy.hostname === '' || !(await isDead(proxy, context, signal))) continue
      found.set(line.value, await foundOf(context, name, line, proxy))
    }
    return { found: [...found.values()] }
  },
}

async function isDead(proxy: URL, { sys, places }: DoctorContext, signal: AbortSignal): Promise<boolean> {
  const { addresses } = await resolveName(hostOf(proxy), { sys, places, resolvers: [] }, signal)
  if (addresses.length === 0) return true
  return (await tryAddresses(addresses, portOf(proxy), signal)).best === null
}

async function foundOf(
  context: DoctorContext,
  name: string,
  { value, from }: { value: string; from: string },
  proxy: URL,
): Promise<Found> {
  const edits = await lineRemoval(context, name, from)
  const repairs: Repair[] =
    edits === null
      ? []
      : [
          {
            kind: 'edits',
            note: { key: 'doctor-network:repair.proxy-line', values: { where: from } },
            safe: false,
            edits,
          },
        ]
  return {
    code: 'network.shell-proxy-dead',
    severity: 'error',
    subject: `${hostOf(proxy)}:${portOf(proxy)}`,
    values: { proxy: value, from, name },
    evidence: [`${from}: ${name}=${value}`],
    repairs,
  }
}
