import type { Profile } from '../../../contract/profile.ts'
import { anchorsOf } from '../../../settings/authority/system-store.ts'
import type { DoctorContext, Repair } from '../../check.ts'
import { certificatesIn } from '../../probe/believe.ts'
import type { Probe } from '../../probe/probe.ts'
import type { TrustStores } from '../../probe/trust.ts'
import { repairsFor } from '../network/repairs.ts'
import type { Fault } from './survey.ts'

type Context = Pick<DoctorContext, 'sys' | 'places' | 'facts'>

/** Reasons that another server would not have. */
const THEIRS: ReadonlySet<string> = new Set([
  ...['expired', 'not-yet-valid', 'wrong-name', 'self-signed', 'unknown-authority', 'missing-intermediate'],
  ...['revoked', 'old-tls', 'refused'],
])
/** A file that holds more is everything that a system believes. */
const MOST = 8

/** How a fault is mended: the tool is given the authority that another tool here believes; or another source. */
export async function repairFor(
  fault: Fault,
  all: readonly Probe[],
  stores: TrustStores,
  context: Context,
): Promise<readonly Repair[]> {
  const { probe, verdict } = fault
  if (verdict.reason === 'tool-lacks-authority') return handOver(fault, stores, context)
  return THEIRS.has(verdict.reason) ? repairsFor(probe, all, context) : []
}

/**
 * The authority's file is one that lies on this machine and that another tool is told to believe. What a server has
 * sent is never taken for it: whoever opened the connection would have sent his own.
 */
async function handOver(
  { probe, verdict, trust }: Fault,
  stores: TrustStores,
  { sys, places }: Context,
): Promise<readonly Repair[]> {
  const { target } = probe.endpoint
  // A variable would hide the file.
  if (trust.byVariable) return []
  if ((target === 'go' || target === 'apt') && (await anchorsOf(sys, places)) === null) return []
  const file = (await stores.files()).find(({ text }) => {
    const certificates = certificatesIn([text])
    return (
      certificates.length <= MOST &&
      certificates.every(({ ca }) => ca) &&
      certificates.some(({ fingerprint256 }) => fingerprint256 === verdict.cause)
    )
  })
  if (file === undefined) return []
  const profile: Profile = { version: 1, authorities: [{ file: file.path, for: [target] }], ...dockerHosts(probe) }
  const values = { tool: target, file: file.path, issuer: verdict.values['issuer'] ?? '' }
  return [{ kind: 'profile', profile, note: { key: 'doctor-certificate:repair.handOver', values }, safe: false }]
}

/** The engine believes an authority for the hosts that a profile names. */
function dockerHosts({ endpoint: { target, turn } }: Probe): Pick<Profile, 'sources'> {
  return target === 'docker' ? { sources: { docker: turn.list.split(' ').filter((url) => url !== '') } } : {}
}
