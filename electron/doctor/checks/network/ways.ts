import type { Note } from '../../../contract/note.ts'
import type { DoctorCheck, DoctorContext, Found } from '../../check.ts'
import type { Probe } from '../../probe/probe.ts'
import { proxyFault } from '../go/proxy-list.ts'
import { type Group, groupsOf } from './group.ts'
import { isOffline } from './offline.ts'
import { repairsFor } from './repairs.ts'
import { leadsOn, severityOf } from './weight.ts'

const REASONS = [
  ...['form', 'resolver-down', 'nxdomain', 'hijacked', 'dns-slow', 'ipv6-broken', 'refused', 'filtered', 'reset'],
  ...[
    'proxy-dead',
    'proxy-auth',
    'proxy-refuses',
    'no-proxy-missing',
    'tls-plain',
    'tls-handshake',
    'portal',
    'http-401',
    'http-403',
  ],
  ...['http-404', 'http-429', 'http-5xx', 'redirect-loop', 'slow', 'content', 'mirror-ended'],
]

/** What only says that a server cannot be had from here. Nobody wrote down a tool's own default, so none is to correct it. */
const OUT_OF_REACH = new Set([
  ...['nxdomain', 'hijacked', 'refused', 'filtered', 'reset', 'tls-plain', 'tls-handshake'],
  ...['http-401', 'http-403', 'http-404', 'http-429', 'http-5xx', 'redirect-loop', 'slow', 'content'],
])

/** The way to every address that a tool asks, rung by rung; of each the first broken rung is named. */
export const networkWaysCheck: DoctorCheck = {
  id: 'network.ways',
  category: 'network',
  deadline: 8000,
  codes: ['network.offline', 'network.official-unreachable', ...REASONS.map((reason) => `network.${reason}`)],
  explains: [
    ...['dns', 'dns-down', 'refused', 'refused-local', 'timeout', 'reset', 'portal', 'proxy-dead', 'proxy-auth'],
    ...['tls-plain', 'tls-handshake', 'rate-limit', 'http-401', 'http-403', 'http-5xx', 'redirects'],
    ...['docker-mirror', 'docker-mirror-path', 'go-proxy-scheme', 'npm-registry-form', 'pip-scheme'],
  ],
  async check(context) {
    // Whoever reads GOPROXY says what is wrong with a list that go cannot read.
    const probes = (await context.facts.probes()).filter(
      ({ endpoint, broken }) =>
        !(broken?.rung === 'form' && endpoint.target === 'go' && proxyFault(endpoint.turn.list) !== null),
    )
    if (await isOffline(probes, context.sys)) return { found: [offline(probes)] }
    const groups = groupsOf(probes, context.mirrors)
    const found = await Promise.all(groups.map((group) => foundOf(group, probes, context)))
    return { found, facts: probes.filter((one) => one.endpoint.role !== 'private' && leadsOn(one)).map(reached) }
  },
}

async function foundOf(group: Group, all: readonly Probe[], context: DoctorContext): Promise<Found> {
  const [first] = group.probes
  const repairs = await Promise.all(group.probes.map((probe) => repairsFor(probe, all, context)))
  const official = group.probes.every(({ endpoint }) => endpoint.byDefault) && OUT_OF_REACH.has(group.reason)
  return {
    code: official ? 'network.official-unreachable' : `network.${group.reason}`,
    severity: group.severity,
    subject: group.subject,
    values: {
      url: first.endpoint.url,
      from: first.endpoint.from,
      targets: targetsOf(group.probes),
      ...group.values,
      noProxy: noProxy(group, context),
    },
    evidence: [
      ...new Set(
        group.probes.flatMap(({ endpoint, broken }) => [
          `${endpoint.target} ${endpoint.url} (${endpoint.from})${official ? ` ${group.reason}` : ''}`,
          ...(broken?.evidence ?? []),
        ]),
      ),
    ],
    ladder: first.ladder,
    repairs: oneEach(repairs.flat()),
  }
}

/** The line that is missing, with all that stands there already. */
function noProxy({ reason, subject }: Group, { places }: DoctorContext): string {
  if (reason !== 'no-proxy-missing') return ''
  const { NO_PROXY: upper = '', no_proxy: lower = '' } = places.environment
  const entries = (upper || lower).split(/[\s,]+/).filter((entry) => entry !== '')
  return `export NO_PROXY=${[...entries, subject].join(',')}`
}

/** Several addresses of one tool are mended by the same choice. */
const oneEach = <T>(all: readonly T[]): readonly T[] =>
  all.filter((one, at) => all.findIndex((other) => JSON.stringify(other) === JSON.stringify(one)) === at)

const NAMES = { go: 'Go', docker: 'Docker', npm: 'npm', apt: 'apt', pip: 'pip' } as const
const targetsOf = (probes: readonly Probe[]): string =>
  [...new Set(probes.map(({ endpoint }) => NAMES[endpoint.target]))].join(', ')

function offline(probes: readonly Probe[]): Found {
  const grave = probes.some((probe) => severityOf(probe, probes) === 'error')
  return {
    code: 'network.offline',
    severity: grave ? 'error' : 'warning',
    subject: 'network',
    values: { count: probes.length, targets: targetsOf(probes) },
    evidence: probes.flatMap(({ endpoint, broken }) => [endpoint.url, ...(broken?.evidence ?? [])]).slice(0, 20),
    ...(probes[0] === undefined ? {} : { ladder: probes[0].ladder }),
  }
}

const reached = ({ endpoint, ladder }: Probe): Note => ({
  key: 'doctor-network:fact.reached',
  values: {
    target: NAMES[endpoint.target],
    url: endpoint.url,
    detail: ladder.find(({ rung, state }) => rung === 'http' && state === 'ok')?.detail ?? '',
  },
})
