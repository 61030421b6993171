import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer, rootCertificates, type Server, type TlsOptions } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeRareZoo, type RareZoo } from '../../../e2e/lab/zoo-rare.ts'
import { makeZoo, type Zoo } from '../../../e2e/lab/zoo.ts'
import type { TlsSeen } from './probe.ts'
import { seeTls } from './tls.ts'

const folder = mkdtempSync(join(tmpdir(), 'goready-tls-'))
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

async function seen(
  options: TlsOptions,
  staple: Uint8Array | null = null,
  authorities: readonly string[] = [zoo.ca],
): Promise<TlsSeen> {
  const server = createServer(options, (socket) => socket.on('error', () => {}))
  if (staple !== null)
    server.on('OCSPRequest', (_cert: Buffer, _issuer: Buffer, answer: (error: null, staple: Uint8Array) => void) =>
      answer(null, staple),
    )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = new URL(`https://127.0.0.1:${port}/`)
  return seeTls(url, { route: { kind: 'direct' }, authorities }, new AbortController().signal)
}
const subjects = ({ sent }: TlsSeen): string[] => sent.map(({ subject }) => subject)

test('a good server: believed, its chain up to the authority, its version and cipher', async () => {
  const one = await seen(zoo.of.good)
  expect(one).toMatchObject({ name: '127.0.0.1', trusted: true, code: null, protocol: 'TLSv1.3', outdated: false })
  expect(one.cipher).toMatch(/^TLS_AES_/)
  expect(subjects(one)).toEqual(['CN=good', 'CN=GoReady zoo'])
  expect(one.staple).toBeNull()
})

test('what is not believed is seen all the same, with what Node says of it', async () => {
  expect(await seen(zoo.of['self-signed'])).toMatchObject({ trusted: false, code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
  expect(await seen(zoo.of['wrong-host'])).toMatchObject({ trusted: false, code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  expect(await seen(zoo.of.expired)).toMatchObject({ trusted: false, code: 'CERT_HAS_EXPIRED' })
})

test('an intermediate that is sent is in the chain, one that is not is missing in it', async () => {
  expect(subjects(await seen(rare.withIntermediate))).toEqual([
    'CN=below',
    'O=GoReady zoo\nCN=GoReady zoo G2',
    'CN=GoReady zoo',
  ])
  expect(subjects(await seen(rare.missing))).toEqual(['CN=below'])
})

test('a server that has only TLS 1.1 is seen as outdated', async () => {
  const old = await seen({ ...zoo.of.good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' })
  expect(old).toMatchObject({ trusted: false, outdated: true, protocol: 'TLSv1.1' })
  expect(subjects(old)[0]).toBe('CN=good')
})

test('the answer that a server brings along says that its certificate is revoked', async () => {
  expect((await seen(rare.revoked, rare.staple)).staple).toBe('revoked')
})

test('a broken authority in the list keeps none of the others out', async () => {
  const broken = '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----'
  const all = [...rootCertificates, broken, zoo.ca, ...rootCertificates.map((one) => one.replaceAll('\n', '\r\n'))]
  expect(await seen(zoo.of.good, null, all)).toMatchObject({ trusted: true })
  expect(await seen(zoo.of.good, null, [...rootCertificates, broken])).toMatchObject({ trusted: false })
})

test('no TLS at all is no certificate', async () => {
  const { createServer: plain } = await import('node:http')
  const server = plain((_, response) => response.end())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = new URL(`https://127.0.0.1:${port}/`)
  const parts = { route: { kind: 'direct' as const }, authorities: null }
  await expect(seeTls(url, parts, new AbortController().signal)).rejects.toMatchObject({
    code: 'ERR_SSL_WRONG_VERSION_NUMBER',
  })
  server.close()
})
