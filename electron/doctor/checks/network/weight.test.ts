import { expect, test } from 'vitest'
import type { Broken, Endpoint, Probe } from '../../probe/probe.ts'
import { mirror } from '../../probe/test-means.ts'
import { groupsOf } from './group.ts'
import { leadsOn, severityOf } from './weight.ts'

const broken = (reason: string, values: Broken['values'] = {}): Broken => ({
  rung: 'tcp',
  reason,
  values,
  evidence: [],
})
const probe = (more: Partial<Endpoint>, fault: Broken | null = null): Probe => ({
  endpoint: {
    ...{ target: 'npm', url: 'https://a.example', from: 'f:1', byDefault: false, role: 'source', login: false },
    turn: { list: 'l', at: 0, passes: 'never', beyond: false },
    ...more,
  },
  ladder: [{ rung: 'content', state: fault === null ? 'ok' : 'not-reached', detail: '' }],
  broken: fault,
  tls: null,
  clock: null,
})
const go = (list: string, passes: Endpoint['turn']['passes'], beyond: boolean, reason: string | null, at = 0): Probe =>
  probe(
    { target: 'go', url: `https://${at}.example`, turn: { list, at, passes, beyond } },
    reason === null ? null : broken(reason),
  )

test('what was chosen and has no other way is an error, a default of the tool’s is a remark', () => {
  expect(severityOf(probe({}, broken('refused')), [])).toBe('error')
  expect(severityOf(probe({ byDefault: true }, broken('refused')), [])).toBe('warning')
  for (const reason of ['slow', 'dns-slow', 'ipv6-broken', 'http-429'])
    expect(severityOf(probe({}, broken(reason)), [])).toBe('warning')
})

test('a list of Go proxies: a bar goes on always, a comma after 404 alone', () => {
  const good = go('a|b', 'never', false, null, 1)
  expect(severityOf(go('a|b', 'always', false, 'refused'), [good])).toBe('warning')
  expect(severityOf(go('a|b', 'always', false, 'refused'), [])).toBe('error')
  expect(severityOf(go('a|direct', 'always', true, 'refused'), [])).toBe('warning')
  const next = go('a,b', 'never', false, null, 1)
  expect(severityOf(go('a,b', 'not-found', false, 'refused'), [next])).toBe('error')
  expect(severityOf(go('a,b', 'not-found', false, 'http-404'), [next])).toBe('warning')
  // What stands behind one that works is asked seldom.
  expect(severityOf(go('a,b', 'never', false, 'refused', 1), [go('a,b', 'not-found', false, null, 0)])).toBe('warning')
  // Another list of another shell is no help.
  expect(severityOf(go('a|b', 'always', false, 'refused'), [go('c', 'never', false, null)])).toBe('error')
})

test('Docker goes on to the next mirror, and to the Hub', () => {
  const turn = { list: 'm', at: 0, passes: 'always', beyond: true } as const
  const dead = probe({ target: 'docker', turn }, broken('refused'))
  const hub = (fault: Broken | null) =>
    probe({ target: 'docker', url: 'https://hub.example', byDefault: true, turn }, fault)
  expect(severityOf(dead, [dead, hub(null)])).toBe('warning')
  expect(severityOf(dead, [dead, hub(broken('filtered'))])).toBe('error')
})

test('a way that was not gone to its end is neither well nor broken', () => {
  const half = { ...probe({}), ladder: [{ rung: 'content', state: 'not-reached', detail: '' }] } as const
  expect(leadsOn(half)).toBe(false)
  expect(leadsOn(probe({}))).toBe(true)
})

const catalogue = { date: '2026-11-01', mirrors: [] }

test('one cause is one finding, of the gravest weight', () => {
  const peer = { peer: '10.0.0.1:80' }
  const all = [
    probe({ byDefault: true }, broken('refused', peer)),
    probe({ target: 'pip' }, broken('refused', peer)),
    probe({}, broken('refused', { peer: '10.0.0.2:80' })),
  ]
  expect(groupsOf(all, catalogue).map(({ subject, severity, probes }) => [subject, severity, probes.length])).toEqual([
    ['10.0.0.1:80', 'error', 2],
    ['10.0.0.2:80', 'error', 1],
  ])
})

test('what others tell of is left out: certificates, the Hub behind mirrors, hosts of private modules', () => {
  const all = [
    probe({}, broken('certificate')),
    probe({ target: 'docker' }),
    probe({ target: 'docker', url: 'https://hub.example', byDefault: true }, broken('filtered', { peer: 'h' })),
    probe({ target: 'go', role: 'private' }, broken('proxy-refuses', { proxy: 'p' })),
  ]
  expect(groupsOf(all, catalogue)).toEqual([])
  expect(groupsOf(all.slice(2, 3), catalogue)).toHaveLength(1)
})

test('a mirror that has ended is one finding, whatever becomes of its address', () => {
  const ended = mirror('npm', 'https://a.example', { status: 'dead', since: '2024-05' })
  const mirrors = { date: '2026-11-01', mirrors: [ended] }
  const of = (fault: Broken | null) =>
    groupsOf([probe({}, fault)], mirrors).map(({ reason, severity, values }) => [reason, severity, values['since']])
  expect(of(null)).toEqual([['mirror-ended', 'warning', '2024-05']])
  expect(of(broken('nxdomain', { host: 'a.example' }))).toEqual([['mirror-ended', 'error', '2024-05']])
})
