import * as tls from 'node:tls'
import { z } from 'zod'

type Environment = Readonly<Record<string, string | undefined>>
type ReadText = (path: string) => Promise<string | null>

/** Where the systems keep their authorities (Go's crypto/x509 root_linux.go looks at the same). */
const SYSTEM_FILES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

/**
 * The authorities that count on this machine, as PEM: those that Node brings, the system's, and what SSL_CERT_FILE
 * (in place of the system's, as Go and OpenSSL do) and NODE_EXTRA_CA_CERTS name. null: Node's own are all there is.
 * A mirror whose certificate the tools accept must not be out because Node does not know its authority.
 */
export async function trustedAuthorities(environment: Environment, readText: ReadText): Promise<string[] | null> {
  const named = environment.SSL_CERT_FILE
  const system = named ? await readText(named) : await systemAuthorities(readText)
  const extra = environment.NODE_EXTRA_CA_CERTS ? await readText(environment.NODE_EXTRA_CA_CERTS) : null
  const added = [system, extra].filter((text) => text !== null).flatMap(certificatesIn)
  if (added.length === 0) return null
  return [...new Set([...tls.rootCertificates, ...added])]
}

async function systemAuthorities(readText: ReadText): Promise<string | null> {
  // Windows and macOS keep them elsewhere; from Node 22.15 on, Node asks them (Node's documentation of tls).
  const ask: unknown = Reflect.get(tls, 'getCACertificates')
  if (typeof ask === 'function' && process.platform !== 'linux')
    return z.array(z.string()).parse(ask('system')).join('\n')
  for (const path of SYSTEM_FILES) {
    const text = await readText(path)
    if (text !== null) return text
  }
  return null
}

const certificatesIn = (text: string): string[] =>
  text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)?.map((one) => one.replaceAll('\r', '')) ?? []
