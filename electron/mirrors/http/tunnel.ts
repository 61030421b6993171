import type { Socket } from 'node:net'
import { causeText } from '../../core/errors.ts'
import { OutError } from '../race/adapter.ts'
import { credentialsOf, hostOf, portOf, proxyAuthorization } from './address.ts'
import type { Route } from './proxy.ts'

type Proxied = Exclude<Route, { kind: 'direct' }>
type ToProxy = (proxy: URL) => Promise<Socket>

const LIMIT = 10_000

/** A connection to `target` through a proxy: CONNECT for http(s), SOCKS else. Throws `OutError` `proxy`. */
export async function openTunnel(target: URL, route: Proxied, toProxy: ToProxy, signal: AbortSignal): Promise<Socket> {
  try {
    return route.kind === 'http'
      ? await byConnect(target, route.proxy, toProxy, signal)
      : await bySocks(target, route.proxy, await toProxy(route.proxy), signal)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof OutError ? error : new OutError('proxy', `${route.via}: ${causeText(error)}`)
  }
}

async function byConnect(target: URL, proxy: URL, toProxy: ToProxy, signal: AbortSignal): Promise<Socket> {
  const { Client } = await import('undici')
  const client = new Client(proxy.origin, {
    connect: (_options, done) => {
      toProxy(proxy).then(
        (socket) => done(null, socket),
        (error: unknown) => done(error instanceof Error ? error : new Error(causeText(error)), null),
      )
    },
    headersTimeout: LIMIT,
  })
  const { statusCode, socket } = await client.connect({
    path: `${target.hostname}:${portOf(target)}`,
    headers: { host: `${target.hostname}:${portOf(target)}`, ...proxyAuthorization(proxy) },
    signal,
  })
  if (statusCode >= 200 && statusCode < 300 && isSocket(socket)) return socket
  socket.destroy()
  throw new OutError('proxy', `${proxy.host}: HTTP ${statusCode}`)
}

/** undici hands out the very socket that it was given, as a stream. */
const isSocket = (stream: unknown): stream is Socket =>
  typeof stream === 'object' && stream !== null && 'remoteAddress' in stream

async function bySocks(target: URL, proxy: URL, socket: Socket, signal: AbortSignal): Promise<Socket> {
  const { SocksClient } = await import('socks')
  const aborted = (): void => {
    socket.destroy()
  }
  signal.addEventListener('abort', aborted, { once: true })
  try {
    const { username, password } = credentialsOf(proxy)
    await SocksClient.createConnection({
      command: 'connect',
      destination: { host: hostOf(target), port: portOf(target) },
      existing_socket: socket,
      timeout: LIMIT,
      proxy: {
        host: hostOf(proxy),
        port: portOf(proxy),
        type: proxy.protocol.startsWith('socks4') ? 4 : 5,
        ...(username === '' ? {} : { userId: username, password }),
      },
    })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', aborted)
  }
}
