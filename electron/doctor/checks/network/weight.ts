import type { Severity } from '../../../contract/doctor.ts'
import type { Probe } from '../../probe/probe.ts'

/** What slows the tools down, or passes by itself. */
const REMARKS: ReadonlySet<string> = new Set(['dns-slow', 'ipv6-broken', 'slow', 'http-429'])

/** A proxy that somebody set: the tool that is told of it goes no other way, whatever it asks. */
const NO_OTHER_WAY: ReadonlySet<string> = new Set(['proxy-dead', 'proxy-auth'])

/** Whether a tool gets through, although perhaps slowly. */
export const leadsOn = ({ broken, ladder }: Probe): boolean =>
  (broken === null && ladder.every(({ state }) => state !== 'not-reached')) ||
  broken?.reason === 'dns-slow' ||
  broken?.reason === 'ipv6-broken'

/** Those that the tool may ask in its place. */
const listOf = (probe: Probe, all: readonly Probe[]): readonly Probe[] => {
  const { target, turn, role } = probe.endpoint
  return all.filter(
    ({ endpoint }) => endpoint.target === target && endpoint.role === role && endpoint.turn.list === turn.list,
  )
}

/** Those of the same list that work. */
export const standIns = (probe: Probe, all: readonly Probe[]): readonly Probe[] => listOf(probe, all).filter(leadsOn)

/**
 * How grave it is that a way is broken: an error where somebody chose it and the tool has no other, else a remark.
 * A tool's own address that nobody chose may be reached by nobody from here, and be missed by nobody.
 */
export function severityOf(probe: Probe, all: readonly Probe[]): Severity {
  const { broken, endpoint } = probe
  if (broken !== null && NO_OTHER_WAY.has(broken.reason) && endpoint.role !== 'private') return 'error'
  if (endpoint.byDefault || endpoint.role === 'private' || (broken !== null && REMARKS.has(broken.reason)))
    return 'warning'
  const good = standIns(probe, all)
  if (endpoint.target === 'docker') return good.length > 0 ? 'warning' : 'error'
  if (endpoint.target !== 'go' || endpoint.role !== 'source') return 'error'
  const { at, passes, beyond } = endpoint.turn
  if (good.some((one) => one.endpoint.turn.at < at)) return 'warning'
  // A comma goes on after 404 and 410 alone (cmd/go, GOPROXY).
  const passed = passes === 'always' || (passes === 'not-found' && broken?.reason === 'http-404')
  return passed && (beyond || good.length > 0) ? 'warning' : 'error'
}
