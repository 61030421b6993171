import type { Reader } from '../../../core/system.ts'
import { isLoopback } from '../../../docker/loopback.ts'
import { formOf } from '../../probe/form.ts'
import type { Probe } from '../../probe/probe.ts'
import { leadsOn } from './weight.ts'

/** Reasons that a machine without a network gives for every address alike. */
const ALIKE: ReadonlySet<string> = new Set(['resolver-down', 'filtered', 'proxy-dead'])

/**
 * Whether this machine has no network at all, so that the single ways say nothing: no way leads on, and there is no
 * route to anywhere, or several hosts fail alike and no other name server is heard either.
 */
export async function isOffline(probes: readonly Probe[], sys: Reader): Promise<boolean> {
  const away = probes.filter(({ endpoint }) => endpoint.role !== 'private' && !isLoopback(endpoint.url))
  const tried = away.filter(({ broken }) => broken?.rung !== 'form')
  if (tried.length === 0 || tried.some(leadsOn)) return false
  if (!tried.every(({ broken }) => broken !== null && ALIKE.has(broken.reason))) return false
  if ((await hasRoute(sys)) === false) return true
  const hosts = new Set(tried.map(hostOf))
  const silent = tried.some(({ broken }) => broken?.values['alone'] === 1 && broken.evidence.length > 2)
  return hosts.size > 1 && silent && tried.every(({ broken }) => broken?.reason !== 'proxy-dead')
}

function hostOf({ endpoint }: Probe): string {
  const { url } = formOf(endpoint.target, endpoint.url)
  return url === null ? endpoint.url : url.hostname
}

/** Whether a default route stands in Linux's tables; null where they cannot be read. */
async function hasRoute(sys: Reader): Promise<boolean | null> {
  const read = async (path: string): Promise<string | null> =>
    sys.readFile(path).then(
      (bytes) => new TextDecoder().decode(bytes),
      () => null,
    )
  const [four, six] = await Promise.all([read('/proc/net/route'), read('/proc/net/ipv6_route')])
  if (four === null) return null
  const isDefault = /^\S+\t00000000\t[0-9A-F]{8}\t[0-9A-F]{4}\t(?:\S+\t){3}00000000/m.test(four)
  // Destination ::/0 by another device than the loopback, which holds the unreachable one.
  const isSix = (six ?? '').split('\n').some((line) => /^0{32} 00 /.test(line) && !/\slo$/.test(line))
  return isDefault || isSix
}
