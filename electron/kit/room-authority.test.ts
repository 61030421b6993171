import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterAll, expect, test } from 'vitest'
import { readFingerprint } from './presented.ts'
import { lasts, makeRoom } from './room-authority.ts'

const folder = mkdtempSync(join(tmpdir(), 'goready-room-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('an authority for one address: openssl and Node believe it there, for half a year, and nowhere else', async () => {
  const room = await makeRoom('127.0.0.1')
  const [ca, leaf] = [join(folder, 'ca.pem'), join(folder, 'leaf.pem')]
  writeFileSync(ca, room.authority)
  writeFileSync(leaf, room.certificate)
  const verify = (address: string): string => {
    const argv = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, '-verify_ip', address, leaf]
    try {
      return execFileSync('openssl', argv, { encoding: 'utf8', stdio: 'pipe' }).trim()
    } catch (error) {
      return String(error)
    }
  }
  expect(verify('127.0.0.1')).toBe(`${leaf}: OK`)
  expect(verify('127.0.0.2')).toContain('IP address mismatch')
  const certificate = new X509Certificate(room.authority)
  expect(certificate.ca).toBe(true)
  expect(room.authority + room.certificate).not.toContain('PRIVATE')
  const days = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000
  expect(Math.round(days)).toBe(180)
  expect(lasts(room)).toBe(true)
  expect(lasts(room, Date.now() + 175 * 86_400_000)).toBe(false)
  expect(certificate.toString()).not.toBe(new X509Certificate((await makeRoom('127.0.0.1')).authority).toString())

  const server = createServer({ cert: room.certificate + room.authority, key: room.key }, (socket) => socket.end('x'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const shake = (trusted: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca: [...trusted] }, () => {
        resolve('well')
        socket.destroy()
      })
      socket.on('error', (error) => resolve(error.message))
    })
  expect(await shake([room.authority])).toBe('well')
  expect(await shake([(await makeRoom('127.0.0.1')).authority])).not.toBe('well')
  server.close()
})

test('fingerprints as people copy them', () => {
  const hex = 'ab'.repeat(32)
  const wanted = Array.from({ length: 32 }, () => 'AB').join(':')
  for (const text of [hex, hex.toUpperCase(), wanted, `sha256:${hex}`, `SHA-256=${wanted}`, ` ${wanted}\n`])
    expect(readFingerprint(text)).toBe(wanted)
  for (const text of ['', 'room-ca.pem', hex.slice(2), `${hex}ab`]) expect(readFingerprint(text)).toBeNull()
})
