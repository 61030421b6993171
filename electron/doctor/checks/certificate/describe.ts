import type { KeyObject, X509Certificate } from 'node:crypto'
import type { CertificateView } from '../../../contract/doctor.ts'
import { derPath } from '../../probe/der.ts'

/** A certificate as it is shown. */
export function describe(certificate: X509Certificate): CertificateView {
  return {
    subject: oneLine(certificate.subject) || '-',
    issuer: oneLine(certificate.issuer) || '-',
    from: isoOf(certificate.validFrom),
    until: isoOf(certificate.validTo),
    names: namesIn(certificate),
    fingerprint: certificate.fingerprint256,
    key: keyOf(certificate),
  }
}

/** The names that it is for: those of the extension, else the common name that older programs took. */
export function namesIn({ subjectAltName, subject }: X509Certificate): string[] {
  const names = (subjectAltName ?? '')
    .split(', ')
    .flatMap((entry) => /^(?:DNS|IP Address):(.+)$/.exec(entry)?.[1] ?? [])
  if (names.length > 0) return names
  const common = fieldOf(subject, 'CN')
  return common === null ? [] : [common]
}

/** One part of a name, `O` or `CN`. */
export const fieldOf = (name: string, field: string): string | null =>
  new RegExp(`^${field}=(.+)$`, 'm').exec(name)?.[1] ?? null

/** How an authority is called: its common name, else its organisation, else all of its name. */
export const calledBy = (name: string): string => fieldOf(name, 'CN') ?? fieldOf(name, 'O') ?? (oneLine(name) || '-')

const oneLine = (text: string | undefined): string => (text ?? '').replaceAll('\n', ', ')
/** A date that is none (OpenSSL's `Bad time value`) stays as it was read. */
const isoOf = (date: string): string => (Number.isNaN(Date.parse(date)) ? date : new Date(date).toISOString())

/** `RSA 2048`, `EC P-256`, `Ed25519`. */
export function keyOf(certificate: X509Certificate): string {
  const { kind, details } = keyIn(certificate)
  if (kind === 'rsa' || kind === 'rsa-pss') return `RSA ${details?.modulusLength ?? ''}`.trim()
  if (kind === 'ec') return `EC ${CURVES[details?.namedCurve ?? ''] ?? details?.namedCurve ?? ''}`.trim()
  return kind ?? '-'
}

/** A kind of key that this Node (or Electron's) cannot read is none that is weak. */
function keyIn(certificate: X509Certificate): { kind: string | undefined; details: KeyObject['asymmetricKeyDetails'] } {
  try {
    const { asymmetricKeyType: kind, asymmetricKeyDetails: details } = certificate.publicKey
    return { kind, details }
  } catch {
    return { kind: undefined, details: undefined }
  }
}

const CURVES: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }

/** Digests of signatures that can be forged (RFC 8017, RFC 5758), by the object identifier's own bytes. */
const FORGEABLE: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'MD5',
  '2a864886f70d010105': 'SHA-1',
  '2a8648ce3d0401': 'SHA-1',
  '2a8648ce380403': 'SHA-1',
}

/** What is too weak about a certificate: its key, or how it is signed; null: nothing. `isRoot`: nobody looks at its own signature. */
export function weakness(certificate: X509Certificate, isRoot: boolean): string | null {
  const { kind, details } = keyIn(certificate)
  if ((kind === 'rsa' || kind === 'rsa-pss') && (details?.modulusLength ?? 2048) < 2048) return keyOf(certificate)
  if (kind === 'ec' && /^(secp(112|128|160|192)|prime192|sect1)/.test(details?.namedCurve ?? ''))
    return keyOf(certificate)
  if (isRoot) return null
  // Certificate > signatureAlgorithm > algorithm
  const algorithm = derPath(certificate.raw, [0, 1, 0])
  return algorithm === null ? null : (FORGEABLE[Buffer.from(algorithm.body).toString('hex')] ?? null)
}
