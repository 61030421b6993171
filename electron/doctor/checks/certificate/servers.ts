import type { Note } from '../../../contract/note.ts'
import type { Severity } from '../../../contract/doctor.ts'
import type { DoctorCheck, DoctorContext, Found, Repair } from '../../check.ts'
import { pathTo, rootsOf } from '../../probe/believe.ts'
import type { Probe } from '../../probe/probe.ts'
import type { TrustStores } from '../../probe/trust.ts'
import { severityOf } from '../network/weight.ts'
import { clockFault } from './clock.ts'
import { calledBy, describe } from './describe.ts'
import { dayOf } from './judge.ts'
import { repairFor } from './repair.ts'
import { type Fault, hostOf, survey, trustTable } from './survey.ts'

const REASONS = [
  ...['expired', 'not-yet-valid', 'wrong-name', 'self-signed', 'unknown-authority', 'missing-intermediate'],
  ...['intercepted', 'tool-lacks-authority', 'revoked', 'weak-key', 'old-tls', 'refused'],
]
const DAY = 86_400_000
/** Days before its end from which a certificate is worth a word. */
const SOON = 3

/** The certificate of every server that a tool asks, judged by whom that very tool believes. */
export const certificateServersCheck: DoctorCheck = {
  id: 'certificate.servers',
  category: 'certificate',
  deadline: 8000,
  codes: REASONS.map((reason) => `certificate.${reason}`),
  explains: [
    'tls-expired',
    'tls-not-yet',
    'tls-name',
    'tls-self-signed',
    'tls-unknown',
    'npm-cert-file',
    'pip-untrusted',
  ],
  async check(context) {
    const [probes, stores] = await Promise.all([context.facts.probes(), context.facts.trust()])
    // Dates are judged by the better clock where ours is known to be wrong; that has a finding of its own.
    const clock = clockFault(probes, context.now())
    const now = clock?.theirs ?? context.now()
    const all = survey({ probes, stores, mirrors: context.mirrors, now })
    const faults = clock?.theirs === null ? all.filter(({ verdict }) => !OF_DATES.has(verdict.reason)) : all
    const seen = probes.map((probe) => asBroken(probe, faults))
    const groups = grouped(faults)
    const found = await Promise.all(groups.map((group) => foundOf(group, seen, stores, context)))
    return { found: [...found, ...unseen(probes)], facts: factsOf(probes, faults, now) }
  },
}

const OF_DATES: ReadonlySet<string> = new Set(['expired', 'not-yet-valid'])

/** A tool that does not believe the server does not get through, although another would. */
function asBroken(probe: Probe, faults: readonly Fault[]): Probe {
  const fault = faults.find((one) => one.probe.endpoint === probe.endpoint)
  if (fault === undefined || fault.verdict.works || probe.broken !== null) return probe
  return { ...probe, broken: { rung: 'tls', reason: 'certificate', values: {}, evidence: [] } }
}

type Group = { code: string; subject: string; faults: readonly [Fault, ...Fault[]] }

/** One finding for each cause: an authority, or else the server. */
function grouped(faults: readonly Fault[]): readonly Group[] {
  const groups = new Map<string, Group>()
  for (const fault of faults) {
    const { verdict, probe } = fault
    const { reason, values, cause } = verdict
    const issuer = values['issuer'] ?? ''
    const tool = reason === 'tool-lacks-authority' ? `${probe.endpoint.target}: ` : ''
    const subject = cause === null ? probe.tls.peer : `${tool}${issuer}`
    const key = `${reason} ${tool}${cause ?? probe.tls.peer}`
    const known = groups.get(key)
    groups.set(key, { code: `certificate.${reason}`, subject, faults: known ? [...known.faults, fault] : [fault] })
  }
  return [...groups.values()]
}

async function foundOf(
  { code, subject, faults }: Group,
  all: readonly Probe[],
  stores: TrustStores,
  context: DoctorContext,
): Promise<Found> {
  const [first] = faults
  const { verdict, probe } = first
  const own = (one: Fault): Probe => all.find(({ endpoint }) => endpoint === one.probe.endpoint) ?? one.probe
  const repairs = await Promise.all(
    faults.map((one) => repairFor({ ...one, probe: { ...own(one), tls: one.probe.tls } }, all, stores, context)),
  )
  return {
    code,
    severity: gravest(faults.map((one) => (one.verdict.works ? 'warning' : severityOf(own(one), all)))),
    subject,
    values: {
      peer: probe.tls.peer,
      hosts: listed(faults.map((one) => one.probe.tls.peer)),
      tools: listed(faults.map((one) => NAMES[one.probe.endpoint.target])),
      name: probe.tls.name,
      ...verdict.values,
    },
    evidence: [
      ...listedOf(faults.map(({ probe: { endpoint } }) => `${endpoint.target} ${endpoint.url} (${endpoint.from})`)),
      [probe.tls.protocol, probe.tls.cipher, probe.tls.code].filter((word) => word !== null).join(' '),
      ...trustTable(first, stores, ({ texts }) => pathTo(rootsOf(texts), probe.tls.sent, context.now()) !== null),
    ],
    ladder: own(first).ladder,
    chain: verdict.chain.map(describe),
    repairs: oneEach(repairs.flat()),
  }
}

const NAMES = { go: 'Go', docker: 'Docker', npm: 'npm', apt: 'apt', pip: 'pip' } as const
const gravest = (all: readonly Severity[]): Severity => (all.includes('error') ? 'error' : 'warning')
const listedOf = (all: readonly string[]): readonly string[] => [...new Set(all)]
const listed = (all: readonly string[]): string => listedOf(all).join(', ')
/** Several servers may be mended by the same choice. */
const oneEach = (all: readonly Repair[]): readonly Repair[] =>
  all.filter((one, at) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === at)

/** Ways that end at a certificate that could not even be looked at. */
const unseen = (probes: readonly Probe[]): readonly Found[] =>
  probes
    .filter(({ tls, broken }) => tls === null && broken?.reason === 'certificate')
    .map((probe) => ({
      code: 'certificate.refused',
      severity: severityOf(probe, probes),
      subject: hostOf(probe),
      values: {
        peer: hostOf(probe),
        hosts: hostOf(probe),
        tools: NAMES[probe.endpoint.target],
        code: probe.broken?.evidence.join(' ') ?? '',
      },
      evidence: [`${probe.endpoint.target} ${probe.endpoint.url} (${probe.endpoint.from})`],
      ladder: probe.ladder,
    }))

/** Who signs for the servers that are well, and until when. */
function factsOf(probes: readonly Probe[], faults: readonly Fault[], now: number): readonly Note[] {
  const notes = new Map<string, Note>()
  for (const { endpoint, tls } of probes) {
    const [leaf] = tls?.sent ?? []
    if (tls === null || leaf === undefined || faults.some(({ probe }) => probe.endpoint === endpoint)) continue
    const until = Date.parse(leaf.validTo)
    const key = until - now < SOON * DAY ? 'soon' : 'seen'
    const values = { peer: tls.peer, issuer: calledBy(leaf.issuer), until: dayOf(until), protocol: tls.protocol ?? '' }
    notes.set(tls.peer, { key: `doctor-certificate:fact.${key}`, values })
  }
  return [...notes.values()]
}
