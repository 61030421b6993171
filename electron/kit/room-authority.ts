import 'reflect-metadata'
import { createPrivateKey } from 'node:crypto'
import { isIPv4 } from 'node:net'

/** A room's authority and the one certificate that it ever signed. PEM. */
export type Room = { authority: string; certificate: string; key: string; ends: string }

/** Days: a term. */
const DAYS = 180
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const NAME_CONSTRAINTS = '2.5.29.30'

/**
 * Makes an authority for one server at one IPv4 address. Its own key is forgotten at once, so it can never sign anything
 * else; what it could have signed is bound to that address besides (RFC 5280, 4.2.1.10).
 */
export async function makeRoom(address: string, now = Date.now()): Promise<Room> {
  if (!isIPv4(address)) throw new TypeError(address)
  const x509 = await import('@peculiar/x509')
  x509.cryptoProvider.set(crypto)
  const make = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const [root, leaf] = await Promise.all([make(), make()])
  const notBefore = new Date(now - 60 * 60_000)
  const notAfter = new Date(now + DAYS * 24 * 60 * 60_000)
  const { KeyUsageFlags: Use } = x509
  const subject = `CN=GoReady room ${address} ${new Date(now).toISOString().slice(0, 10)}`
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    ...{ name: subject, notBefore, notAfter, keys: root, signingAlgorithm: ALGORITHM },
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(Use.keyCertSign | Use.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(root.publicKey),
      new x509.Extension(NAME_CONSTRAINTS, true, Uint8Array.from(constraints(address)).buffer),
    ],
  })
  const certificate = await x509.X509CertificateGenerator.create({
    // No host’s name: OpenSSL holds one here against the constraints as well.
    ...{ subject: 'CN=GoReady kit server', issuer: authority.subject, notBefore, notAfter },
    ...{ publicKey: leaf.publicKey, signingKey: root.privateKey, signingAlgorithm: ALGORITHM },
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(Use.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: address }]),
      await x509.AuthorityKeyIdentifierExtension.create(root.publicKey),
    ],
  })
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', leaf.privateKey))
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }).export({ format: 'pem', type: 'pkcs8' })
  return {
    authority: withEnd(authority.toString('pem')),
    certificate: withEnd(certificate.toString('pem')),
    key: key.toString(),
    ends: notAfter.toISOString(),
  }
}

/** Whether a room that was kept still serves, and will for some days. */
export const lasts = (room: Room, now = Date.now()): boolean => Date.parse(room.ends) - now > WEEK

const WEEK = 7 * 24 * 60 * 60_000
const withEnd = (text: string): string => `${text.trimEnd()}\n`

/**
 * NameConstraints, DER: permitted are this one address and, of names, none that exists (RFC 6761, `.invalid`): a kind
 * that is not named at all would be free.
 */
function constraints(address: string): readonly number[] {
  const name = [...Buffer.from('goready.invalid')]
  const ip = tlv(0x87, [...address.split('.').map(Number), 255, 255, 255, 255])
  const trees = [tlv(0x30, ip), tlv(0x30, tlv(0x82, name))].flat()
  return tlv(0x30, tlv(0xa0, trees))
}

const tlv = (tag: number, value: readonly number[]): readonly number[] => [tag, value.length, ...value]
