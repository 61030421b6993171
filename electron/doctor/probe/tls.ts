import { X509Certificate } from 'node:crypto'
import {
  connect,
  createSecureContext,
  type DetailedPeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls'
import type { Socket } from 'node:net'
import { portOf, hostOf } from '../../mirrors/http/address.ts'
import { dialRaw, namesOf, ready } from '../../mirrors/http/dial.ts'
import type { Route } from '../../mirrors/http/proxy.ts'
import { secureContextOf } from '../../mirrors/http/secure.ts'
import type { TlsSeen } from './probe.ts'
import { stapled } from './staple.ts'

export type TlsParts = {
  route: Route
  /** `context.authorities()` */
  authorities: readonly string[] | null
  /** Milliseconds for a handshake. Default 5,000. */
  timeout?: number
}

const TIMEOUT = 5000
/** An option that Node's types do not name for `connect`. */
const WITH_STAPLE = { requestOCSP: true }
/** OpenSSL and BoringSSL: the two sides have no version, cipher or key in common that is still taken today. */
const OUTDATED =
  /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|VERSION_TOO_LOW|WRONG_SSL_VERSION|INTERNAL_ERROR|KEY_TOO_(SMALL|WEAK)|MD_TOO_WEAK|NO_SHARED_CIPHER|HANDSHAKE_FAILURE|UNSUPPORTED_SIGNATURE|WRONG_SIGNATURE_TYPE|INVALID_DIGEST/

/**
 * What a TLS server shows of itself, by a handshake that believes anything and after which nothing is sent. Throws
 * what TCP and a proxy throw (see `dial`), and what the handshake throws where there is nothing to be seen: no TLS,
 * a server that breaks off.
 */
export async function seeTls(to: URL, parts: TlsParts, signal: AbortSignal): Promise<TlsSeen> {
  const { authorities } = parts
  const secure = authorities === null ? undefined : secureContextOf(authorities)
  try {
    return await handshake(to, parts, secure, signal)
  } catch (error) {
    signal.throwIfAborted()
    const code = codeOf(error)
    if (!OUTDATED.test(code)) throw error
    const old = await handshake(to, parts, oldest(authorities), signal).catch(() => null)
    signal.throwIfAborted()
    if (old === null) throw error
    return { ...old, trusted: false, code: code.split(' ')[0] ?? code, outdated: true }
  }
}

async function handshake(
  to: URL,
  { route, timeout = TIMEOUT }: TlsParts,
  secure: SecureContext | undefined,
  signal: AbortSignal,
): Promise<TlsSeen> {
  const raw: Socket = await dialRaw(to, route, { secure, track: () => {} }, signal)
  try {
    const socket = connect({
      ...namesOf(to),
      socket: raw,
      secureContext: secure,
      ALPNProtocols: ['http/1.1'],
      rejectUnauthorized: false,
      ...WITH_STAPLE,
    })
    let staple: TlsSeen['staple'] = null
    socket.on('OCSPResponse', (answer: Uint8Array | null) => {
      staple = stapled(answer)
    })
    await ready(socket, 'secureConnect', signal, timeout)
    const code = socket.authorized ? null : wordOf(socket.authorizationError)
    const seen: TlsSeen = {
      peer: `${to.hostname}:${portOf(to)}`,
      name: hostOf(to),
      sent: sentBy(socket),
      protocol: socket.getProtocol(),
      cipher: socket.getCipher().standardName,
      trusted: code === null,
      code,
      outdated: false,
      staple,
    }
    socket.destroy()
    return seen
  } finally {
    raw.destroy()
  }
}

/** Versions and keys of ten years ago. BoringSSL knows no security levels and has none to lower. */
function oldest(authorities: readonly string[] | null): SecureContext {
  const ca = authorities === null ? {} : { ca: [...authorities] }
  try {
    return createSecureContext({ ...ca, minVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' })
  } catch {
    return createSecureContext({ ...ca, minVersion: 'TLSv1' })
  }
}

/**
 * The chain, the server's own certificate first. Node completes it out of the authorities (crypto_common.cc,
 * GetLastIssuedCert), with nothing that says where what was sent ends; who judges it has to know the authorities
 * anyway, and what is one of them is believed whether it was sent or not.
 */
function sentBy(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = []
  let one: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  // Nothing shown is an empty object, whatever the type says; the last one is its own issuer.
  while (one?.raw !== undefined && chain.length < 12) {
    const certificate = new X509Certificate(one.raw)
    if (chain.some(({ fingerprint256 }) => fingerprint256 === certificate.fingerprint256)) break
    chain.push(certificate)
    one = one.issuerCertificate
  }
  return chain
}

const codeOf = (error: unknown): string =>
  error instanceof Error ? `${'code' in error ? String(error.code) : ''} ${error.message}` : String(error)

function wordOf(error: unknown): string {
  if (typeof error === 'string') return error
  return error instanceof Error ? codeOf(error).trim() : 'unknown'
}
