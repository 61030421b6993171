import { X509Certificate } from 'node:crypto'
import { connect } from 'node:tls'
import { CodedError } from '../core/errors.ts'

/** An authority, and the fingerprint by which people compare it. */
export type RoomTrust = { pem: string; fingerprint: string }

/** Milliseconds to connect. */
const TIMEOUT = 10_000

/** Reads an authority's PEM. Throws `bad-authority` {path, reason} for what is none. */
export function readTrust(pem: string, path: string): RoomTrust {
  try {
    const certificate = new X509Certificate(pem)
    if (!certificate.ca) throw new Error('no authority')
    return { pem: certificate.toString(), fingerprint: certificate.fingerprint256 }
  } catch (error) {
    throw new CodedError('bad-authority', { path, reason: 'setting:authority.reason.not-authority' }, error)
  }
}

/** `AA:BB:…`, with or without colons; null for what is no fingerprint. */
export function readFingerprint(text: string): string | null {
  const hex = text
    .replace(/^sha-?256[:=]?/i, '')
    .replaceAll(/[:\s]/g, '')
    .toUpperCase()
  return /^[0-9A-F]{64}$/.test(hex) ? (hex.match(/../g) ?? []).join(':') : null
}

/**
 * The authority that a server shows, for a person to compare its fingerprint with the teacher's. It is only looked at:
 * nothing is sent over this connection, and nothing is believed before the fingerprint was confirmed.
 * Errors: `kit-unreachable` {url}.
 */
export function presentedAuthority(url: string, signal: AbortSignal): Promise<RoomTrust> {
  const { host, hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const name = hostname.replace(/^\[|\]$/g, '')
    const socket = connect({ host: name, port: Number(port || 443), rejectUnauthorized: false })
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', cancel)
      socket.destroy()
      settle()
    }
    const fail = (cause: unknown): void => end(() => reject(new CodedError('kit-unreachable', { url: host }, cause)))
    const cancel = (): void => end(() => reject(new CodedError('cancelled')))
    signal.addEventListener('abort', cancel, { once: true })
    socket.setTimeout(TIMEOUT, () => fail(`no answer in ${TIMEOUT / 1000} s`))
    socket.on('error', fail)
    socket.on('secureConnect', () => {
      const { issuerCertificate } = socket.getPeerCertificate(true)
      const raw: unknown = issuerCertificate?.raw
      if (!(raw instanceof Buffer)) return fail('no authority')
      end(() => {
        try {
          resolve(readTrust(new X509Certificate(raw).toString(), host))
        } catch (error) {
          reject(error)
        }
      })
    })
  })
}
