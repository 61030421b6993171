import type { Severity } from '../../../contract/doctor.ts'
import { endedMirror } from '../../../mirrors/ended.ts'
import type { MirrorCatalogue } from '../../../mirrors/catalogue.ts'
import type { Probe } from '../../probe/probe.ts'
import { severityOf } from './weight.ts'

/** Ways that are broken by one and the same cause. */
export type Group = {
  reason: string
  subject: string
  severity: Severity
  values: Readonly<Record<string, string | number>>
  probes: readonly [Probe, ...Probe[]]
}

/** Puts together what one cause has broken. What another category tells of, and what nobody misses, is left out. */
export function groupsOf(all: readonly Probe[], mirrors: MirrorCatalogue): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const probe of all) {
    const cause = causeOf(probe, mirrors)
    if (cause === null || !isMissed(probe, all)) continue
    const key = `${cause.reason} ${cause.subject}`
    const known = groups.get(key)
    const severity = severityFor(probe, cause.reason, all)
    const graver = known?.severity === 'error' ? 'error' : severity
    groups.set(key, {
      ...cause,
      severity: graver,
      probes: known === undefined ? [probe] : [...known.probes, probe],
    })
  }
  return [...groups.values()]
}

type Cause = Pick<Group, 'reason' | 'subject' | 'values'>

function causeOf({ endpoint, broken }: Probe, { mirrors }: MirrorCatalogue): Cause | null {
  const ended = endedMirror(mirrors, endpoint.target, endpoint.url)
  // Whatever its old address answers now: that it has ended is why. Of apt's sources whoever looks after those tells.
  if (ended !== undefined && endpoint.target === 'apt') return null
  if (ended !== undefined && broken?.rung !== 'form')
    return { reason: 'mirror-ended', subject: ended.url, values: { since: ended.since ?? '' } }
  if (broken === null || broken.reason === 'certificate') return null
  const { reason, values } = broken
  return { reason, subject: subjectOf(reason, values) || endpoint.url, values }
}

/** Whom a reason is about, where that is not the address itself. */
function subjectOf(reason: string, values: Cause['values']): string {
  const of = (name: string): string => String(values[name] ?? '')
  switch (reason) {
    case 'resolver-down':
      return of('server') || of('host')
    case 'no-proxy-missing':
    case 'nxdomain':
    case 'hijacked':
    case 'dns-slow':
    case 'ipv6-broken':
      return of('host')
    case 'refused':
    case 'filtered':
    case 'reset':
    case 'tls-plain':
    case 'tls-handshake':
    case 'slow':
      return of('peer')
    case 'proxy-dead':
    case 'proxy-auth':
    case 'proxy-refuses':
      return of('proxy')
    case 'portal':
      return of('page')
    default:
      return ''
  }
}

/**
 * Docker Hub stands in for mirrors, and is asked for itself only where there are none. Of a host of private modules
 * nothing else is known: it may be one for ssh alone.
 */
const isMissed = ({ endpoint, broken }: Probe, all: readonly Probe[]): boolean =>
  (endpoint.role !== 'private' || broken?.reason === 'no-proxy-missing') &&
  !(
    endpoint.target === 'docker' &&
    endpoint.byDefault &&
    all.some((one) => one.endpoint.target === 'docker' && !one.endpoint.byDefault)
  )

const severityFor = (probe: Probe, reason: string, all: readonly Probe[]): Severity =>
  reason === 'mirror-ended' && probe.broken === null ? 'warning' : severityOf(probe, all)
