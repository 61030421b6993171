import { appendFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Certificates } from './certificates.ts'
import { type Faults, FaultState } from './faults.ts'

/** One request, in the order of arrival. */
export type Access = {
  time: string
  scheme: 'http' | 'https'
  method: string
  url: string
  /** null: no answer (yet). */
  status: number | null
  /** Body bytes that were handed to the kernel. */
  bytes: number
  /** The client's address, e.g. a container's. */
  client: string
  agent: string
  state: 'open' | 'done' | 'aborted'
  /** Milliseconds to the end. */
  ms: number | null
}

/** A reverse proxy before one server on a Unix socket: logs, counts, breaks things when asked to. Ports are equal on all addresses. */
export type Front = {
  port: number
  tlsPort: number
  faults: Faults
  log(): readonly Access[]
  /** All body bytes sent so far. */
  bytes(): number
  close(): Promise<void>
}

export type FrontOptions = {
  /** The server's Unix socket. */
  socket: string
  addresses: readonly string[]
  certificates: Certificates
  /** Gets each finished request as a line of JSON. */
  logFile: string
  /** URLs that begin so are the server's own business: 404. */
  hidden?: string
  /** A port for TLS instead of a free one. */
  tlsPort?: number
}

/** Starts a front on each address, plain and TLS. It runs in this process: don't block the event loop. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const { socket: socketPath, addresses, certificates, logFile, hidden } = options
  const entries: Access[] = []
  const faults = new FaultState()
  let sent = 0
  let closed = false
  const count = (entry: Access, length: number): void => {
    entry.bytes += length
    sent += length
  }

  const handle = (scheme: 'http' | 'https', req: IncomingMessage, res: ServerResponse): void => {
    const started = Date.now()
    const entry: Access = {
      time: new Date(started).toISOString(),
      scheme,
      method: req.method ?? '',
      url: req.url ?? '',
      status: null,
      bytes: 0,
      client: req.socket.remoteAddress ?? '',
      agent: req.headers['user-agent'] ?? '',
      state: 'open',
      ms: null,
    }
    entries.push(entry)
    const gone = new AbortController()
    res.on('close', () => {
      entry.state = res.writableFinished ? 'done' : 'aborted'
      entry.ms = Date.now() - started
      gone.abort()
      // The folder goes away with the lab.
      if (!closed) appendFileSync(logFile, `${JSON.stringify(entry)}\n`)
    })
    answer(req, res, entry, gone.signal).catch(() => drop(req.socket))
  }

  const answer = async (req: IncomingMessage, res: ServerResponse, entry: Access, gone: AbortSignal): Promise<void> => {
    const { url, scheme } = entry
    if (faults.dropped(url)) return drop(req.socket)
    const secret = hidden !== undefined && url.startsWith(hidden)
    const instead = secret ? { code: 404, body: 'not found\n' } : faults.answer(url)
    if (instead !== null) {
      entry.status = instead.code
      req.resume()
      res.writeHead(instead.code, { 'Content-Length': Buffer.byteLength(instead.body) })
      res.end(req.method === 'HEAD' ? undefined : instead.body, () => count(entry, Buffer.byteLength(instead.body)))
      return
    }
    if (faults.stalled(url)) await faults.untilCleared(gone)
    const upstream = await ask(socketPath, req, scheme, gone)
    entry.status = upstream.statusCode ?? 502
    // Whether to keep a connection is between us and each side.
    const { connection: _connection, ...headers } = upstream.headers
    res.writeHead(entry.status, headers)
    res.flushHeaders()
    for await (const chunk of upstream) {
      if (!(chunk instanceof Buffer)) continue
      let rest: Buffer = chunk
      while (rest.length > 0) {
        if (faults.stalled(url)) await faults.untilCleared(gone)
        if (faults.dropped(url)) return drop(req.socket)
        const piece = rest.subarray(0, faults.allowance(url, rest.length))
        await faults.spend(url, piece.length, gone)
        await write(res, piece, gone)
        count(entry, piece.length)
        rest = rest.subarray(piece.length)
      }
    }
    res.end()
  }

  const tls = { cert: await readFile(certificates.certificate), key: await readFile(certificates.key) }
  const servers: (Server & { closeAllConnections(): void })[] = []
  const listen = async (make: () => Server & { closeAllConnections(): void }, wanted = 0): Promise<number> => {
    for (let attempt = 0; ; attempt++) {
      const opened: (Server & { closeAllConnections(): void })[] = []
      try {
        let port = wanted
        for (const address of addresses) {
          const server = make()
          opened.push(server)
          port = await bind(server, port, address)
        }
        servers.push(...opened)
        return port
      } catch (error) {
        for (const server of opened) server.close()
        if (attempt === 20 || wanted !== 0) throw error
      }
    }
  }
  const port = await listen(() => createServer((req, res) => handle('http', req, res)))
  const tlsPort = await listen(() => createTlsServer(tls, (req, res) => handle('https', req, res)), options.tlsPort)
  return {
    port,
    tlsPort,
    faults,
    log: () => entries.map((entry) => ({ ...entry })),
    bytes: () => sent,
    async close() {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise<void>((resolve) => server.close(() => resolve()))
      }
      closed = true
    },
  }
}

function bind(server: Server, port: number, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, address, () => {
      // A server on TCP; only one on a Unix socket has a string here.
      const bound = server.address() as AddressInfo
      resolve(bound.port)
    })
  })
}

function ask(socketPath: string, req: IncomingMessage, scheme: string, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...req.headers,
      'x-forwarded-proto': scheme,
      'x-forwarded-for': req.socket.remoteAddress ?? '',
      connection: 'close',
    }
    const outgoing = request({ socketPath, method: req.method, path: req.url, headers, signal }, resolve)
    outgoing.on('error', reject)
    req.pipe(outgoing)
  })
}

/** Resolves when the bytes are with the kernel; rejects when the client is gone. */
function write(res: ServerResponse, piece: Buffer, gone: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const lost = (): void => reject(new Error('client is gone'))
    if (gone.aborted) return lost()
    gone.addEventListener('abort', lost, { once: true })
    res.write(piece, (error) => {
      gone.removeEventListener('abort', lost)
      if (error) reject(error)
      else resolve()
    })
  })
}

function drop(socket: Socket): void {
  socket.resetAndDestroy()
  socket.destroy()
}
