import { expect, test } from 'vitest'
import { MemorySystem } from '../../../system/memory.ts'
import type { Broken, Probe } from '../../probe/probe.ts'
import { endpoint } from '../../probe/test-means.ts'
import { isOffline } from './offline.ts'

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'
const ROUTE = `${HEAD}eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n`
const NEAR = `${HEAD}eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n`
const LO = `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 00000001 00000000 00200200       lo\n`

const routes = (four: string, six = LO) => new MemorySystem({ '/proc/net/route': four, '/proc/net/ipv6_route': six })
const probe = (url: string, reason: string | null, values: Broken['values'] = {}): Probe => ({
  endpoint: endpoint(url),
  ladder: [{ rung: 'content', state: reason === null ? 'ok' : 'not-reached', detail: '' }],
  broken: reason === null ? null : { rung: 'dns', reason, values, evidence: ['a', 'b', 'c'] },
  tls: null,
  clock: null,
})
const mute = (url: string): Probe => probe(url, 'resolver-down', { alone: 1 })

test('without a route to anywhere, what fails fails for that', async () => {
  expect(await isOffline([probe('https://a.example', 'filtered')], routes(NEAR))).toBe(true)
  expect(await isOffline([probe('https://a.example', 'filtered')], routes(HEAD))).toBe(true)
  expect(await isOffline([probe('https://a.example', 'filtered')], routes(ROUTE))).toBe(false)
  const six = LO.replace('lo\n', 'eth0\n')
  expect(await isOffline([probe('https://a.example', 'filtered')], routes(NEAR, six))).toBe(false)
})

test('with a route, several hosts have to fail alike, and every name server be silent', async () => {
  expect(await isOffline([mute('https://a.example'), mute('https://b.example')], routes(ROUTE))).toBe(true)
  expect(await isOffline([mute('https://a.example')], routes(ROUTE))).toBe(false)
  const heard = probe('https://b.example', 'resolver-down', { alone: 0 })
  expect(await isOffline([heard, probe('https://a.example', 'resolver-down', { alone: 0 })], routes(ROUTE))).toBe(false)
})

test('one way that leads on, or one that fails otherwise, is a network', async () => {
  expect(await isOffline([mute('https://a.example'), probe('https://b.example', null)], routes(NEAR))).toBe(false)
  expect(await isOffline([mute('https://a.example'), probe('https://b.example', 'refused')], routes(NEAR))).toBe(false)
  // The machine itself answers always.
  expect(await isOffline([mute('https://a.example'), probe('http://127.0.0.1:1', null)], routes(NEAR))).toBe(true)
  expect(await isOffline([], routes(NEAR))).toBe(false)
})
