import { rootCertificates } from 'node:tls'
import { expect, test } from 'vitest'
import { trustedAuthorities } from './authorities.ts'

const pem = (text: string): string => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----`
const files = (entries: Record<string, string>) => (path: string) => Promise.resolve(entries[path] ?? null)

test('the system’s authorities and those that were added stand beside Node’s own', async () => {
  const read = files({
    '/etc/pki/tls/certs/ca-bundle.crt': `# a\n${pem('AAAA')}\r\n${pem('BBBB')}`,
    '/extra': pem('CCCC'),
  })
  const found = await trustedAuthorities({ NODE_EXTRA_CA_CERTS: '/extra' }, read)
  expect(found).toEqual([...rootCertificates, pem('AAAA'), pem('BBBB'), pem('CCCC')])
})

test('SSL_CERT_FILE stands in place of the system’s', async () => {
  const read = files({ '/etc/ssl/certs/ca-certificates.crt': pem('AAAA'), '/mine': pem('DDDD') })
  const found = await trustedAuthorities({ SSL_CERT_FILE: '/mine' }, read)
  expect(found).toContain(pem('DDDD'))
  expect(found).not.toContain(pem('AAAA'))
})

test('where nothing is added, Node’s own are all there is', async () => {
  expect(await trustedAuthorities({}, files({}))).toBeNull()
  expect(await trustedAuthorities({ SSL_CERT_FILE: '/gone' }, files({}))).toBeNull()
})
