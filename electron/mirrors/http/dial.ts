import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls'
import { causeText } from '../../core/errors.ts'
import { OutError } from '../race/adapter.ts'
import { hostOf, portOf } from './address.ts'
import type { Route } from './proxy.ts'
import { openTunnel } from './tunnel.ts'

/** A connection that is ready for HTTP, and the milliseconds that its parts took. */
export type Connection = { socket: Socket; connectMs: number; tlsMs: number | null }

/** What a dial needs. `track` sees every TCP socket at its birth, so that all of them can be counted and closed. */
export type DialParts = { secure: SecureContext | undefined; track(socket: Socket): void }

/** Milliseconds until the next address of a name is tried beside the first (Node's own default). */
const ATTEMPT = 250
const TCP_LIMIT = 10_000

/**
 * Connects to an origin: TCP (IPv4 and IPv6 as Node's happy eyeballs do), the proxy's tunnel, TLS.
 * Throws what Node throws; `OutError` for a proxy that refuses or a certificate that is not valid.
 */
export async function dial(origin: URL, route: Route, parts: DialParts, signal: AbortSignal): Promise<Connection> {
  const started = performance.now()
  const raw = await dialRaw(origin, route, parts, signal)
  const connectMs = performance.now() - started
  if (origin.protocol === 'http:') return { socket: raw, connectMs, tlsMs: null }
  try {
    const socket = await secured(raw, origin, parts.secure, signal)
    return { socket, connectMs, tlsMs: performance.now() - started - connectMs }
  } catch (error) {
    raw.destroy()
    throw error
  }
}

/** The connection below TLS, through the proxy's tunnel where there is one. Throws as `dial` does. */
export async function dialRaw(origin: URL, route: Route, parts: DialParts, signal: AbortSignal): Promise<Socket> {
  if (route.kind === 'direct') return tcp(origin, parts, signal)
  // Plain HTTP goes to a proxy as it is, with the whole address in its first line.
  if (route.kind === 'http' && origin.protocol === 'http:') return toProxy(route.proxy, parts, signal)
  return openTunnel(origin, route, (proxy) => toProxy(proxy, parts, signal), signal)
}

/** A connection to a proxy itself, by TLS for https. Throws `OutError` `proxy`. */
async function toProxy(proxy: URL, parts: DialParts, signal: AbortSignal): Promise<Socket> {
  try {
    const raw = await tcp(proxy, parts, signal)
    return proxy.protocol === 'https:' ? await secured(raw, proxy, parts.secure, signal) : raw
  } catch (error) {
    signal.throwIfAborted()
    throw new OutError('proxy', `${proxy.protocol}//${proxy.host}: ${causeText(error)}`)
  }
}

function tcp(to: URL, { track }: DialParts, signal: AbortSignal): Promise<Socket> {
  const socket = connectTcp({
    host: hostOf(to),
    port: portOf(to),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ATTEMPT,
    noDelay: true,
    keepAlive: true,
  })
  track(socket)
  return ready(socket, 'connect', signal, TCP_LIMIT)
}

function secured(raw: Socket, to: URL, secure: SecureContext | undefined, signal: AbortSignal): Promise<TLSSocket> {
  const socket = connectTls({ socket: raw, ...namesOf(to), secureContext: secure, ALPNProtocols: ['http/1.1'] })
  return ready(socket, 'secureConnect', signal, TCP_LIMIT)
}

/** What TLS is asked for. No SNI for an address in numbers (RFC 6066), but the certificate has to name it all the same. */
export const namesOf = (to: URL) => ({
  host: hostOf(to),
  ...(isIP(hostOf(to)) === 0 ? { servername: hostOf(to) } : {}),
})

/** Waits for `event`; an error, an abort or `limit` milliseconds destroy the socket. */
export function ready<S extends Socket>(socket: S, event: string, signal: AbortSignal, limit: number): Promise<S> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      over()
      socket.destroy()
      reject(error instanceof Error ? error : new Error(causeText(error)))
    }
    const aborted = (): void => fail(signal.reason)
    const ended = (): void => fail(Object.assign(new Error('closed by the other side'), { code: 'ECONNRESET' }))
    const timer = setTimeout(
      () => fail(Object.assign(new Error(`no connection within ${limit} ms`), { code: 'ETIMEDOUT' })),
      limit,
    )
    const done = (): void => {
      over()
      resolve(socket)
    }
    const over = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', aborted)
      socket.off(event, done).off('close', ended).off('error', fail)
      // An idle connection that breaks must not end the program.
      socket.on('error', () => {})
    }
    if (signal.aborted) return fail(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    socket.once(event, done).once('error', fail).once('close', ended)
  })
}

/**
 * What is wrong with the certificate that an origin shows, for the details. Only for this diagnosis the chain is
 * taken unverified, and nothing is sent: an expired one of an unknown authority reads UNABLE_TO_VERIFY_LEAF_SIGNATURE
 * in Electron and CERT_HAS_EXPIRED in Node. null where none is shown.
 */
export async function certificateFault(
  origin: URL,
  route: Route,
  parts: DialParts,
  signal: AbortSignal,
): Promise<string | null> {
  const raw = await dialRaw(origin, route, parts, signal)
  try {
    const socket = connectTls({ socket: raw, ...namesOf(origin), rejectUnauthorized: false })
    await ready(socket, 'secureConnect', signal, TCP_LIMIT)
    const certificate = socket.getPeerCertificate()
    socket.destroy()
    if (!certificate.valid_to) return null
    const [from, to] = [new Date(certificate.valid_from), new Date(certificate.valid_to)]
    const now = Date.now()
    const faults = [
      ...(to.getTime() < now ? [`expired ${to.toISOString()}`] : []),
      ...(from.getTime() > now ? [`not valid before ${from.toISOString()}`] : []),
      ...(checkServerIdentity(hostOf(origin), certificate) ? [`names ${certificate.subjectaltname ?? 'nobody'}`] : []),
    ]
    return faults.join('; ') || null
  } finally {
    raw.destroy()
  }
}
