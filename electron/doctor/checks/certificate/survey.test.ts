import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, type Server, type TlsOptions } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeRareZoo, type RareZoo } from '../../../../e2e/lab/zoo-rare.ts'
import { makeZoo, type Zoo } from '../../../../e2e/lab/zoo.ts'
import type { TargetId } from '../../../contract/mirror.ts'
import type { MirrorCatalogue } from '../../../mirrors/catalogue.ts'
import type { Probe, TlsSeen } from '../../probe/probe.ts'
import { seeTls } from '../../probe/tls.ts'
import type { Trust, TrustStores } from '../../probe/trust.ts'
import { describe as shown } from './describe.ts'
import { survey } from './survey.ts'

const folder = mkdtempSync(join(tmpdir(), 'goready-survey-'))
const servers: Server[] = []
let zoo: Zoo
let rare: RareZoo

beforeAll(async () => {
  zoo = await makeZoo(folder)
  rare = await makeRareZoo(folder)
})
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

const catalogue = (mirrors: readonly object[]): MirrorCatalogue => JSON.parse(JSON.stringify({ mirrors }))
const NOBODY = catalogue([])
const trust = (...texts: string[]): Trust => ({ texts, from: [], byVariable: false })
/** `npm` believes what it is given, everybody else nothing but `others`. */
const stores = (npm: Trust, others: Trust = trust()): TrustStores => ({
  of: (target) => (target === 'npm' ? npm : others),
  exempt: () => false,
  all: [...npm.texts, ...others.texts],
  files: () => Promise.resolve([]),
})

type Look = { staple?: Uint8Array; now?: number; stores?: TrustStores; host?: string; mirrors?: MirrorCatalogue }

async function seen(options: TlsOptions, authorities: readonly string[], { staple, host = '127.0.0.1' }: Look) {
  const server = createServer(options, (socket) => socket.on('error', () => {}))
  server.on('tlsClientError', () => {})
  if (staple !== undefined)
    server.on('OCSPRequest', (_cert: Buffer, _issuer: Buffer, answer: (error: null, staple: Uint8Array) => void) =>
      answer(null, staple),
    )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `https://${host}:${port}/`
  return {
    url,
    tls: await seeTls(new URL(url), { route: { kind: 'direct' }, authorities }, new AbortController().signal),
  }
}

const probe = (url: string, tls: TlsSeen, target: TargetId = 'npm'): Probe => ({
  endpoint: {
    ...{ target, url, from: 'here', byDefault: false, role: 'source', login: false },
    turn: { list: url, at: 0, passes: 'never', beyond: false },
  },
  ...{ ladder: [], broken: null, tls, clock: null },
})

async function reason(options: TlsOptions, look: Look = {}): Promise<string | undefined> {
  const whom = look.stores ?? stores(trust(zoo.ca))
  const { url, tls } = await seen(options, whom.all, look)
  const { now = Date.now(), mirrors = NOBODY } = look
  return survey({ probes: [probe(url, tls)], stores: whom, mirrors, now })[0]?.verdict.reason
}

test('each animal has a verdict of its own, those in order have none', async () => {
  expect(await reason(zoo.of.good)).toBeUndefined()
  expect(await reason(rare.withIntermediate)).toBeUndefined()
  expect(await reason(rare.soon)).toBeUndefined()
  expect(await reason(zoo.of.expired)).toBe('expired')
  expect(await reason(zoo.of['not-yet'])).toBe('not-yet-valid')
  expect(await reason(zoo.of['wrong-host'])).toBe('wrong-name')
  expect(await reason(zoo.of['self-signed'])).toBe('self-signed')
  expect(await reason(zoo.of.unknown)).toBe('unknown-authority')
  expect(await reason(rare.missing)).toBe('missing-intermediate')
  expect(await reason(rare.interceptor.sites[0])).toBe('intercepted')
  expect(await reason(rare.revoked, { staple: rare.staple })).toBe('revoked')
  expect(await reason(rare.weakKey)).toBe('weak-key')
  expect(await reason({ ...rare.sha1, ciphers: 'DEFAULT:@SECLEVEL=0' })).toBe('weak-key')
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const
  expect(await reason({ ...zoo.of.good, ...old })).toBe('old-tls')
})

test('one that has ended and would not be believed in its time either is told by its authority', async () => {
  expect(await reason(zoo.of['expired-unknown'])).toBe('unknown-authority')
})

test('dates are judged by the better clock', async () => {
  const week = 7 * 86_400_000
  expect(await reason(zoo.of['not-yet'], { now: Date.now() + week })).toBeUndefined()
  expect(await reason(zoo.of.good, { now: Date.now() + 5 * week })).toBe('expired')
})

test('what another tool believes is lacking in this one alone', async () => {
  expect(await reason(zoo.of.good, { stores: stores(trust(), trust(zoo.ca)) })).toBe('tool-lacks-authority')
})

test('a host that all know, by an authority that nobody does, is opened on the way', async () => {
  const { url, tls } = await seen(zoo.of.unknown, [zoo.ca], {})
  const mirrors = catalogue([{ url, target: 'npm' }])
  const parts = { probes: [probe(url, tls)], stores: stores(trust(zoo.ca)), now: Date.now() }
  expect(survey({ ...parts, mirrors })[0]?.verdict.reason).toBe('intercepted')
  expect(survey({ ...parts, mirrors: NOBODY })[0]?.verdict.reason).toBe('unknown-authority')
})

test('one unknown authority for hosts that have nothing to do with each other has opened both', async () => {
  const { tls } = await seen(zoo.of.unknown, [zoo.ca], {})
  const of = (names: readonly string[]) => {
    const probes = names.map((name) => probe(`https://${name}/`, { ...tls, name, peer: `${name}:443` }))
    return survey({ probes, stores: stores(trust(zoo.ca)), mirrors: NOBODY, now: Date.now() }).map(
      ({ verdict }) => verdict.reason,
    )
  }
  expect(of(['a.one.cn', 'b.two.cn'])).toEqual(['intercepted', 'intercepted'])
  expect(of(['a.one.cn', 'b.one.cn'])).toEqual(['unknown-authority', 'unknown-authority'])
  expect(of(['10.0.0.1', '10.0.0.2', 'a.corp'])).toEqual(Array(3).fill('unknown-authority'))
})

test('a certificate as it is shown', () => {
  const one = shown(new X509Certificate(readFileSync(join(folder, 'weak.pem'))))
  expect(one).toMatchObject({ subject: 'CN=weak', issuer: 'CN=GoReady zoo', key: 'RSA 1024' })
  expect(one.names).toEqual(['127.0.0.1', 'localhost'])
  expect(one.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  expect(shown(new X509Certificate(zoo.of.good.cert)).key).toBe('EC P-256')
})
