import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { must } from './process.ts'

export type Certificates = { ca: string; certificate: string; key: string }

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'] as const

/** An authority of its own, and a server certificate from it for `names` (`IP:127.0.0.1`, `DNS:localhost`). */
export async function makeCertificates(folder: string, names: readonly string[]): Promise<Certificates> {
  await mkdir(folder)
  const [ca, caKey, certificate, key] = ['ca.pem', 'ca.key', 'server.pem', 'server.key'].map((name) =>
    join(folder, name),
  )
  if (ca === undefined || caKey === undefined || certificate === undefined || key === undefined)
    throw new Error('names')
  await must([
    ...(['openssl', 'req', '-x509', ...NEW_KEY, '-keyout', caKey, '-out', ca, '-days', '30'] as const),
    ...['-subj', '/O=GoReady lab/CN=GoReady lab authority', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ])
  await must([
    ...(['openssl', 'req', '-x509', ...NEW_KEY, '-keyout', key, '-out', certificate, '-days', '30'] as const),
    ...[
      '-CA',
      ca,
      '-CAkey',
      caKey,
      '-subj',
      '/O=GoReady lab/CN=server',
      '-addext',
      'basicConstraints=critical,CA:FALSE',
    ],
    ...['-addext', `subjectAltName=${names.join(',')}`, '-addext', 'extendedKeyUsage=serverAuth'],
  ])
  return { ca, certificate, key }
}
