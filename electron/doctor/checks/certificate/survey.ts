import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { TargetId } from '../../../contract/mirror.ts'
import type { MirrorCatalogue } from '../../../mirrors/catalogue.ts'
import { rootsOf, type Roots } from '../../probe/believe.ts'
import type { Probe, TlsSeen } from '../../probe/probe.ts'
import type { Trust, TrustStores } from '../../probe/trust.ts'
import { judge, type Verdict } from './judge.ts'

/** A way whose certificate is not in order for the tool that goes it. */
export type Fault = { probe: Probe & { tls: TlsSeen }; verdict: Verdict; trust: Trust }

export type SurveyParts = { probes: readonly Probe[]; stores: TrustStores; mirrors: MirrorCatalogue; now: number }

/** Judges the certificate of every way by whom its own tool believes. */
export function survey({ probes, stores, mirrors, now }: SurveyParts): readonly Fault[] {
  const seen = probes.flatMap((probe) => (probe.tls === null ? [] : [{ ...probe, tls: probe.tls }]))
  if (seen.length === 0) return []
  const elsewhere: readonly X509Certificate[] = seen.flatMap(({ tls }) => tls.sent)
  const any = rootsOf(stores.all)
  const roots = new Map<Trust, Roots>()
  const rootsFor = (trust: Trust): Roots => {
    const known = roots.get(trust) ?? rootsOf(trust.texts)
    roots.set(trust, known)
    return known
  }
  const known = publicHosts(mirrors)
  const faults = seen.flatMap((probe): readonly Fault[] => {
    const { tls, endpoint } = probe
    if (stores.exempt(endpoint.target, hostOf(probe))) return []
    const trust = stores.of(endpoint.target, hostOf(probe))
    const isPublic = endpoint.byDefault || known.has(hostOf(probe))
    const asked = { seen: tls, target: endpoint.target, own: rootsFor(trust), any, now, isPublic, elsewhere }
    const verdict = judge(asked)
    return verdict === null ? [] : [{ probe, verdict, trust }]
  })
  return faults.map((fault) => (isOpened(fault, faults) ? opened(fault) : fault))
}

/** `HOST[:PORT]` of a way. */
export const hostOf = ({ endpoint: { url } }: Pick<Probe, 'endpoint'>): string =>
  URL.canParse(url.trim()) ? new URL(url.trim()).host : ''

/** Hosts that the catalogue knows, without those that a person has added. */
const publicHosts = ({ mirrors }: MirrorCatalogue): ReadonlySet<string> =>
  new Set(mirrors.flatMap(({ url, own }) => (own === true || !URL.canParse(url) ? [] : [new URL(url).host])))

/** One unknown authority that has signed for hosts that have nothing to do with each other has signed for none of them. */
function isOpened({ verdict }: Fault, faults: readonly Fault[]): boolean {
  if (verdict.reason !== 'unknown-authority') return false
  const same = faults.filter((one) => one.verdict.reason === verdict.reason && one.verdict.cause === verdict.cause)
  return new Set(same.map(({ probe }) => siteOf(probe.tls.name)).filter((site) => site !== null)).size > 1
}

const opened = (fault: Fault): Fault => ({ ...fault, verdict: { ...fault.verdict, reason: 'intercepted' } })

/** The last two labels; null for addresses and for names inside a house, which may have any authority. */
function siteOf(name: string): string | null {
  if (isIP(name) !== 0 || !name.includes('.') || /\.(local|lan|internal|intranet|corp|home|test|example)$/.test(name))
    return null
  return name.split('.').slice(-2).join('.')
}

/** Which of the tools believe a server, for the details: `npm: no (built in)`. */
export function trustTable(fault: Fault, stores: TrustStores, believes: (trust: Trust) => boolean): readonly string[] {
  const tools: readonly TargetId[] = ['go', 'docker', 'npm', 'apt', 'pip']
  return tools.map((tool) => {
    const trust = stores.of(tool, hostOf(fault.probe))
    return `${tool}: ${believes(trust) ? 'yes' : 'no'} (${trust.from.join(', ') || '-'})`
  })
}
