import type { X509Certificate } from 'node:crypto'
import { isValid } from '../../probe/believe.ts'
import type { Probe } from '../../probe/probe.ts'
import { dayOf } from './judge.ts'

/** `theirs`: what time it is by them, in milliseconds; null: only that ours cannot be. */
export type ClockFault = { ours: number; theirs: number | null; bound: string; evidence: readonly string[] }

const MINUTE = 60_000
/** What a clock may be off by. */
const LEAST = 5 * MINUTE
/** What two right clocks may differ by, with an answer out of a cache. */
const SPREAD = 2 * MINUTE

/**
 * Whether this machine's clock is wrong: several hosts agree in another time; or one does and several certificates
 * are valid then that are not now; or every certificate of several authorities is out of its time in the same way.
 * One host alone proves nothing, its clock may be the wrong one. null: it is right, or nobody can tell.
 */
export function clockFault(probes: readonly Probe[], now: number): ClockFault | null {
  const sources = [...byHost(probes)].map(([host, { theirs, ours }]) => ({ host, off: theirs - ours }))
  const certificates = distinct(probes.flatMap(({ tls }) => tls?.sent.slice(0, 1) ?? []))
  const best = sources
    .map(({ off }) => sources.filter((other) => Math.abs(other.off - off) <= SPREAD))
    .toSorted((a, b) => b.length - a.length)[0]
  const evidence = sources.map(({ host, off }) => `${host}: ${Math.round(off / 1000)} s`)
  if (best !== undefined) {
    const off = best.map((one) => one.off).toSorted((a, b) => a - b)[Math.floor(best.length / 2)] ?? 0
    if (Math.abs(off) < LEAST || best.length * 2 <= sources.length) return null
    const mended = certificates.filter((one) => !isValid(one, now) && isValid(one, now + off))
    if (best.length < 2 && mended.length < 2) return null
    return { ours: now, theirs: now + off, bound: '', evidence }
  }
  return byCertificates(certificates, now)
}

function byCertificates(certificates: readonly X509Certificate[], now: number): ClockFault | null {
  if (new Set(certificates.map(({ issuer }) => issuer)).size < 2) return null
  const early = certificates.map(({ validFrom }) => Date.parse(validFrom))
  const late = certificates.map(({ validTo }) => Date.parse(validTo))
  const evidence = certificates.map((one) => `${one.subject.replaceAll('\n', ', ')}: ${one.validFrom} – ${one.validTo}`)
  if (early.every((from) => from > now))
    return { ours: now, theirs: null, bound: `> ${dayOf(Math.max(...early))}`, evidence }
  if (late.every((until) => until < now))
    return { ours: now, theirs: null, bound: `< ${dayOf(Math.min(...late))}`, evidence }
  return null
}

/** One clock for each host: two ports of it have the same one. */
function byHost(probes: readonly Probe[]): ReadonlyMap<string, NonNullable<Probe['clock']>> {
  const clocks = new Map<string, NonNullable<Probe['clock']>>()
  for (const { endpoint, clock } of probes)
    if (clock !== null && URL.canParse(endpoint.url.trim())) clocks.set(new URL(endpoint.url.trim()).hostname, clock)
  return clocks
}

const distinct = (all: readonly X509Certificate[]): readonly X509Certificate[] =>
  all.filter((one, at) => all.findIndex((other) => other.fingerprint256 === one.fingerprint256) === at)
