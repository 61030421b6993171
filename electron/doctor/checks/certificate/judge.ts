import type { X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import type { TargetId } from '../../../contract/mirror.ts'
import { isSigned, pathTo, type Roots } from '../../probe/believe.ts'
import type { TlsSeen } from '../../probe/probe.ts'
import { calledBy, fieldOf, namesIn, weakness } from './describe.ts'
import { interceptorIn } from './interceptors.ts'

/** The rest of a finding's code. */
export type Reason =
  | 'old-tls'
  | 'revoked'
  | 'self-signed'
  | 'tool-lacks-authority'
  | 'missing-intermediate'
  | 'intercepted'
  | 'unknown-authority'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-name'
  | 'weak-key'
  | 'refused'

export type Verdict = {
  reason: Reason
  values: Readonly<Record<string, string>>
  /** What stands for the cause, so that several servers with one cause are one finding; null: the server itself. */
  cause: string | null
  /** The chain as the tool needs it, up to the authority where it is known. */
  chain: readonly X509Certificate[]
  /** It works in spite of it. */
  works: boolean
}

export type Asked = {
  seen: TlsSeen
  target: TargetId
  /** Whom the tool believes, and whom any tool of this machine does. */
  own: Roots
  any: Roots
  /** By the best clock that is known, in milliseconds. */
  now: number
  /** A host of the internet that many others know, too. */
  isPublic: boolean
  /** Chains of other servers that were seen: an authority may be found in one of them that another has not sent. */
  elsewhere: readonly X509Certificate[]
}

/**
 * What is wrong with the certificate that a server shows to a tool; null: nothing. One fault is named, in this order:
 * what no certificate would help against (the protocol, a revocation), whether the tool believes the authority,
 * the dates, the name, the strength. One that is expired and would not be believed in its time either is told by its
 * authority: renewing it would not mend it.
 */
export function judge(asked: Asked): Verdict | null {
  const { seen, own, now } = asked
  const [leaf] = seen.sent
  if (leaf === undefined) return verdict('refused', { code: seen.code ?? '' }, [])
  const path = pathTo(own, seen.sent, now)
  const chain = path ?? seen.sent
  if (seen.outdated && /^(TLSv1(\.1)?|SSLv3)$/.test(seen.protocol ?? ''))
    return verdict('old-tls', { protocol: seen.protocol ?? '' }, chain)
  if (seen.staple === 'revoked') return verdict('revoked', { issuer: calledBy(leaf.issuer) }, chain)
  if (path === null) return unbelieved(asked, leaf)
  const dated = byDates(path, now)
  if (dated !== null) return { ...dated, chain }
  if (!isFor(leaf, seen.name.replace(/\.$/, ''), asked.target))
    return verdict('wrong-name', { names: listed(namesIn(leaf)) }, chain)
  const weak = path.map((one, at) => weakness(one, at > 0 && at === path.length - 1)).find((one) => one !== null)
  if (weak != null) return { ...verdict('weak-key', { weak }, chain), works: seen.trusted && !DIGESTS.test(weak) }
  // What Node says that is none of these: a certificate for another purpose, constraints of its authority. Dates were
  // looked at by the better clock, the name by the tool's own rule.
  const other = seen.trusted || DATES_AND_NAMES.test(seen.code ?? '') ? null : seen.code
  return other === null ? null : verdict('refused', { code: other }, chain)
}

/** go and OpenSSL refuse them, Electron's Node does not. */
const DIGESTS = /^(SHA-1|MD5)$/
const DATES_AND_NAMES = /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|ERR_TLS_CERT_ALTNAME_INVALID)/

const verdict = (
  reason: Reason,
  values: Verdict['values'],
  chain: Verdict['chain'],
  cause: string | null = null,
): Verdict => ({ reason, values, cause, chain, works: false })

function unbelieved({ seen, any, isPublic, elsewhere, now }: Asked, leaf: X509Certificate): Verdict {
  const { sent } = seen
  const top = sent.at(-1) ?? leaf
  const issuer = calledBy(top.issuer)
  const dates = byDates(sent, now)?.values.until ?? ''
  const other = pathTo(any, sent, now)
  const root = other?.at(-1)
  if (other !== null && root !== undefined)
    return verdict('tool-lacks-authority', { issuer: calledBy(root.subject) }, other, root.fingerprint256)
  const interceptor = interceptorIn(sent)
  if (interceptor !== null) return verdict('intercepted', { issuer: interceptor }, sent, `${top.issuer}`)
  if (leaf.subject === leaf.issuer && isSigned(leaf, leaf)) return verdict('self-signed', { until: dates }, sent)
  const missing = top.subject !== top.issuer && isBelow(top, any, elsewhere, now)
  if (missing) return verdict('missing-intermediate', { issuer }, sent)
  // A server that all the world knows, by an authority that nobody here does.
  if (isPublic) return verdict('intercepted', { issuer }, sent, top.issuer)
  return verdict('unknown-authority', { issuer }, sent, top.issuer)
}

/**
 * Whether an authority between a certificate and one that is believed was not sent: it was seen elsewhere, or its
 * organisation is that of a believed one. What a private authority has signed bears a name that nobody has.
 */
function isBelow(one: X509Certificate, any: Roots, elsewhere: readonly X509Certificate[], now: number): boolean {
  if (any.named(one.issuer).length > 0) return false
  const seen = elsewhere.filter((by) => isSigned(one, by))
  if (seen.some((by) => pathTo(any, [by, ...elsewhere], now) !== null)) return true
  const organisation = fieldOf(one.issuer, 'O')
  const ownerOf = (name: string): string | null => fieldOf(name, 'O') ?? fieldOf(name, 'CN')
  return organisation !== null && any.names().some((name) => ownerOf(name) === organisation)
}

/** The first certificate of a chain that is not valid now. */
function byDates(path: readonly X509Certificate[], now: number): Verdict | null {
  for (const one of path) {
    const [from, until] = [Date.parse(one.validFrom), Date.parse(one.validTo)]
    const whose = one === path[0] ? '' : calledBy(one.subject)
    if (until < now) return verdict('expired', { until: dayOf(until), whose }, path)
    if (from > now) return verdict('not-yet-valid', { from: dayOf(from), whose }, path)
  }
  return null
}

/** What no date is said as, is not the end of the check: whoever made the certificate chose it. */
export const dayOf = (at: number): string =>
  Number.isNaN(at) ? '?' : new Date(at).toISOString().slice(0, 16).replace('T', ' ') + ' UTC'

/** go and docker take no common name in the place of a name (crypto/x509), Node does where there is no other. */
function isFor(leaf: X509Certificate, name: string, target: TargetId): boolean {
  if (isIP(name) !== 0) return leaf.checkIP(name) !== undefined
  const subject = target === 'go' || target === 'docker' ? 'never' : 'default'
  return leaf.checkHost(name, { subject }) !== undefined
}

const MOST = 8
const listed = (names: readonly string[]): string =>
  names.length === 0 ? '-' : names.slice(0, MOST).join(', ') + (names.length > MOST ? ' …' : '')
