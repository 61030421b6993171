import { setMaxListeners } from 'node:events'
import type { Socket } from 'node:net'
import type { SecureContext } from 'node:tls'
import type { Pool } from 'undici'
import { waitFor } from '../../core/patience.ts'
import { type Answer, type Ask, type MirrorHttp, OutError, type Timings } from '../race/adapter.ts'
import { basicOf, proxyAuthorization } from './address.ts'
import { certificateFault, type Connection, dial, type DialParts } from './dial.ts'
import { BudgetSpent, toOutError } from './errors.ts'
import { type Route, routeTo, type SystemProxy } from './proxy.ts'
import { secureContextOf } from './secure.ts'

export type HttpOptions = {
  /** The person's environment: proxies. */
  environment: Readonly<Record<string, string | undefined>>
  system?: SystemProxy | null
  /** PEM; null or absent = those that Node brings. See `trustedAuthorities`. */
  authorities?: readonly string[] | null
  /** Bytes on the wire for everything together. Default: no end. */
  budget?: number
  /** Milliseconds for a request that names none of its own. Default: see `waitFor`. */
  timeout?: number
  /** Milliseconds that no request may take longer, whatever it names. */
  most?: number
}

type Head = Omit<Answer, 'body' | 'complete'>

/** What comes of a body while it is read. `false` ends the reading. */
export type Reading = { onStart(head: Head): void; onBytes(chunk: Uint8Array): boolean }

/** `MirrorHttp` with what only the race itself needs. Has to be closed. */
export type MirrorClient = MirrorHttp & {
  /** Opens a connection and keeps it for the next request to this origin. Throws `OutError`. */
  connect(url: string, timeout: number, signal: AbortSignal): Promise<Timings & { via: string | null }>
  /** A request whose body is handed over as it comes. Answers whether it was read to its end. Throws as `ask` does. */
  read(url: string, ask: Ask, reading: Reading, signal: AbortSignal): Promise<boolean>
  /** Bytes that came in over all connections, those of TLS and headers included. */
  bytes(): number
  /** Ends every connection at once; what runs then fails. */
  close(): void
}

type Lane = { pool: Pool; kept: Connection[]; route: Route }
type Undici = typeof import('undici')

const MAX_REDIRECTS = 5
const MAX_BODY = 1024 * 1024
const CONNECTIONS = 6

/** One client for one race or one settling. Nothing is loaded or opened before the first request. */
export function openMirrorHttp(options: HttpOptions): MirrorClient {
  return new Client(options)
}

class Client implements MirrorClient {
  readonly #options: HttpOptions
  readonly #lanes = new Map<string, Lane>()
  readonly #live = new Set<Socket>()
  readonly #end = new AbortController()
  #closedBytes = 0
  #secure: SecureContext | undefined

  constructor(options: HttpOptions) {
    this.#options = options
    // Every request listens to it, and a race has many at once.
    setMaxListeners(0, this.#end.signal)
  }

  bytes(): number {
    let sum = this.#closedBytes
    for (const socket of this.#live) sum += socket.bytesRead
    return sum
  }

  close(): void {
    this.#end.abort(new Error('closed'))
    for (const { pool, kept } of this.#lanes.values()) {
      for (const { socket } of kept) socket.destroy()
      void pool.destroy().catch(() => {})
    }
    for (const socket of this.#live) socket.destroy()
    this.#lanes.clear()
  }

  async connect(url: string, timeout: number, signal: AbortSignal) {
    const target = new URL(url)
    return this.#within(timeout, signal, async (inner) => {
      const lane = await this.#lane(target)
      const connection = await this.#dial(target, lane.route, inner)
      lane.kept.push(connection)
      const { connectMs, tlsMs } = connection
      return { connectMs, tlsMs, firstByteMs: null, totalMs: connectMs + (tlsMs ?? 0), via: viaOf(lane.route) }
    })
  }

  async ask(url: string, ask: Ask, signal: AbortSignal): Promise<Answer> {
    const [heads, chunks]: [Head[], Uint8Array[]] = [[], []]
    const most = ask.maxBytes ?? MAX_BODY
    const started = performance.now()
    let length = 0
    const onBytes = (chunk: Uint8Array): boolean => {
      chunks.push(chunk)
      length += chunk.length
      return length <= most
    }
    const complete = await this.read(url, ask, { onStart: (head) => heads.push(head), onBytes }, signal)
    const [head] = heads
    if (head === undefined) throw new OutError('cut', 'no answer')
    const timings = { ...head.timings, totalMs: performance.now() - started }
    return { ...head, timings, body: Buffer.concat(chunks).subarray(0, most), complete }
  }

  async read(url: string, ask: Ask, reading: Reading, signal: AbortSignal): Promise<boolean> {
    return this.#within(ask.timeout ?? this.#options.timeout ?? waitFor('request'), signal, async (inner) => {
      const first = new URL(url)
      let target = first
      for (let hops = 0; ; hops++) {
        const next = await this.#exchange(target, first, ask, reading, inner)
        if (typeof next === 'boolean') return next
        if (hops === MAX_REDIRECTS) throw new OutError('redirects', `more than ${MAX_REDIRECTS} redirects`)
        if (target.protocol === 'https:' && next.protocol !== 'https:')
          throw new OutError('redirects', `from https to ${next.origin}`)
        target = next
      }
    })
  }

  /** One request and its answer: where it leads on to, or whether its body was read to the end. */
  async #exchange(target: URL, first: URL, ask: Ask, reading: Reading, signal: AbortSignal): Promise<URL | boolean> {
    const lane = await this.#lane(target)
    const fresh = await this.#connection(target, lane, signal)
    const started = performance.now()
    const answer = await lane.pool.request({
      method: ask.method ?? 'GET',
      ...(ask.body === undefined ? {} : { body: ask.body }),
      path: lane.route.kind === 'http' && target.protocol === 'http:' ? plain(target) : target.pathname + target.search,
      headers: headersOf(target, first, ask, lane.route),
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const { statusCode: status, body } = answer
    // Destroying a body that is not read to its end says so by an error.
    body.on('error', () => {})
    const headers = flat(answer.headers)
    const next = ask.follow === false ? null : redirection(status, headers.location, target)
    if (next !== null) {
      body.destroy()
      return next
    }
    const { connectMs = null, tlsMs = null } = fresh ?? {}
    const firstByteMs = performance.now() - started
    const timings = { connectMs, tlsMs, firstByteMs, totalMs: firstByteMs }
    reading.onStart({ url: withoutCredentials(target), status, headers, timings, via: viaOf(lane.route) })
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue
      if (!reading.onBytes(chunk)) return false
      if (this.bytes() > (this.#options.budget ?? Infinity)) throw new BudgetSpent()
    }
    // The pool has the connection back a turn after the last byte; who asks before that gets a new one.
    await new Promise((resolve) => setImmediate(resolve))
    return true
  }

  /** Runs `work` to its deadline. What the network throws becomes an `OutError`; an abort from outside stays what it is. */
  async #within<T>(wanted: number, outer: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const ms = Math.min(wanted, this.#options.most ?? Infinity)
    outer.throwIfAborted()
    this.#end.signal.throwIfAborted()
    if (this.bytes() > (this.#options.budget ?? Infinity)) throw new BudgetSpent()
    const inner = new AbortController()
    setMaxListeners(0, inner.signal)
    const late = new OutError('timeout', `no answer within ${ms} ms`)
    const timer = setTimeout(() => inner.abort(late), ms)
    const stop = (): void => inner.abort(outer.reason)
    const close = (): void => inner.abort(this.#end.signal.reason)
    outer.addEventListener('abort', stop, { once: true })
    this.#end.signal.addEventListener('abort', close, { once: true })
    try {
      return await work(inner.signal)
    } catch (error) {
      outer.throwIfAborted()
      if (error instanceof BudgetSpent) throw error
      if (inner.signal.aborted) throw inner.signal.reason
      throw toOutError(error)
    } finally {
      clearTimeout(timer)
      outer.removeEventListener('abort', stop)
      this.#end.signal.removeEventListener('abort', close)
    }
  }

  /**
   * A connection for a request that the pool has none for; null where it has. Dialled here and not by the pool, which
   * would not notice an abort before the connection stands.
   */
  async #connection(target: URL, { pool, kept, route }: Lane, signal: AbortSignal): Promise<Connection | null> {
    if (pool.stats.free > 0) return null
    const known = kept.pop()
    const connection = known && !known.socket.destroyed ? known : await this.#dial(target, route, signal)
    kept.push(connection)
    return connection
  }

  /** The connections to one origin over one way. Of a plain address over a proxy they lead to the proxy. */
  async #lane(target: URL): Promise<Lane> {
    const { environment, system = null } = this.#options
    const route = await routeTo(target, environment, system)
    const key = `${target.origin} ${viaOf(route) ?? ''}`
    const { Pool }: Undici = await import('undici')
    const known = this.#lanes.get(key)
    if (known !== undefined) return known
    this.#end.signal.throwIfAborted()
    const lane: Lane = { kept: [], route, pool: new Pool(target.origin, this.#poolOptions(target, key)) }
    this.#lanes.set(key, lane)
    return lane
  }

  #poolOptions(target: URL, key: string): Pool.Options {
    return {
      connections: CONNECTIONS,
      pipelining: 1,
      connect: (_options, done) => {
        const lane = this.#lanes.get(key)
        if (lane === undefined) return done(new Error('closed'), null)
        const kept = lane.kept.pop()
        const opened = kept && !kept.socket.destroyed ? Promise.resolve(kept) : this.#dial(target, lane.route)
        opened.then(
          ({ socket }) => done(null, socket),
          (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
        )
      },
    }
  }

  async #dial(target: URL, route: Route, signal: AbortSignal = this.#end.signal): Promise<Connection> {
    const parts = this.#parts()
    try {
      return await dial(target, route, parts, signal)
    } catch (error) {
      signal.throwIfAborted()
      const out = toOutError(error)
      if (out.reason !== 'certificate') throw out
      const fault = await certificateFault(target, route, parts, signal).catch(() => null)
      throw fault === null ? out : new OutError('certificate', `${fault} (${out.message})`)
    }
  }

  #parts(): DialParts {
    const { authorities } = this.#options
    if (authorities) this.#secure ??= secureContextOf(authorities)
    return { secure: this.#secure, track: (socket) => this.#track(socket) }
  }

  #track(socket: Socket): void {
    this.#live.add(socket)
    socket.once('close', () => {
      this.#live.delete(socket)
      this.#closedBytes += socket.bytesRead
    })
  }
}

const viaOf = (route: Route): string | null => (route.kind === 'direct' ? null : route.via)

/** The address as a proxy wants it for plain HTTP. */
const plain = (target: URL): string => `${target.origin}${target.pathname}${target.search}`

function withoutCredentials(target: URL): string {
  const shown = new URL(target)
  shown.username = ''
  shown.password = ''
  return shown.href
}

/** Credentials, those of the address and those that the caller brings, go to the first origin alone. */
function headersOf(target: URL, first: URL, ask: Ask, route: Route): Record<string, string> {
  const own = target.origin === first.origin
  const brought = Object.entries(ask.headers ?? {}).filter(([name]) => own || !/^(authorization|cookie)$/i.test(name))
  const basic = basicOf(own && target.username === '' && target.password === '' ? first : target)
  return {
    'user-agent': 'GoReady',
    accept: '*/*',
    ...(basic === null || !own ? {} : { authorization: basic }),
    ...Object.fromEntries(brought.map(([name, value]) => [name.toLowerCase(), value])),
    ...(route.kind === 'http' && target.protocol === 'http:' ? proxyAuthorization(route.proxy) : {}),
  }
}

function redirection(status: number, location: string | undefined, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return null
  const next = URL.canParse(location, from.href) ? new URL(location, from.href) : null
  if (next === null || !/^https?:$/.test(next.protocol)) throw new OutError('redirects', 'to no web address')
  return next
}

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
