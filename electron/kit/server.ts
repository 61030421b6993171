import { createReadStream } from 'node:fs'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { KitManifest } from '../contract/kit.ts'
import { KIT_MANIFEST } from '../contract/kit.ts'
import { CodedError, errno } from '../core/errors.ts'
import { pathIn, sizeIn } from './folder.ts'
import { npmAnswer } from './npm-serve.ts'
import type { Registry } from './registry.ts'
import type { Room } from './room-authority.ts'

/** What a room may ask for. `pages`: made of nothing but what is known here, by path. */
export type Served = {
  folder: string
  manifest: KitManifest
  registry: Registry | null
  pages: ReadonlyMap<string, { type: string; body: Buffer }>
  /** The server's own address, for what names it. */
  origin: string
}
export type Front = { port: number; stop(): Promise<void> }

/** Milliseconds without a byte in either direction. */
const SILENCE = 120_000
/** Seats of a large room with some connections each; each takes memory and a file of this process. */
const MOST_CONNECTIONS = 4096

/**
 * Serves a kit over TLS on one address, to be read only: nothing that the list of the kit does not name is given out.
 * Throws `kit-port` {address} where the port is taken.
 */
export async function startFront(
  address: string,
  port: number,
  room: Room,
  served: (port: number) => Served,
): Promise<Front> {
  let content: Served | null = null
  const chain = room.certificate + room.authority
  const server = createServer({ cert: chain, key: room.key, minVersion: 'TLSv1.2' }, (ask, answer) => {
    if (content === null) return refuse(answer, 503)
    respond(ask, answer, content).catch(() => answer.destroy())
  })
  server.requestTimeout = 30_000
  // A seat that stops reading, or says nothing, must not hold a connection for the whole lesson.
  server.setTimeout(SILENCE)
  server.maxConnections = MOST_CONNECTIONS
  const bound = await new Promise<number>((resolve, reject) => {
    server.once('error', (error) => {
      const taken = errno(error) === 'EADDRINUSE' || errno(error) === 'EACCES'
      reject(taken ? new CodedError('kit-port', { address: `${address}:${port}` }, error) : error)
    })
    server.listen({ host: address, port, exclusive: true }, () => {
      const at = server.address()
      resolve(typeof at === 'object' && at !== null ? at.port : port)
    })
  })
  // One connection that could not be taken is no reason to end the program.
  server.on('error', () => {})
  content = served(bound)
  return {
    port: bound,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function respond(ask: IncomingMessage, answer: ServerResponse, served: Served): Promise<void> {
  const { method = '' } = ask
  ask.resume()
  answer.setHeader('X-Content-Type-Options', 'nosniff')
  if (method !== 'GET' && method !== 'HEAD') return refuse(answer, 405)
  const path = readPath(ask.url ?? '')
  if (path === null) return refuse(answer, 400)
  if (path === 'v2' || path.startsWith('v2/')) return passOn(ask, answer, served.registry)
  const page = served.pages.get(path)
  if (page !== undefined) return give(answer, method, 200, page.type, page.body)
  const { go, npm } = served.manifest
  if (path.startsWith('kit/')) return giveFile(ask, answer, served, path.slice('kit/'.length))
  if (path.startsWith('go/') && go !== null)
    return giveFile(ask, answer, served, `${go.folder}/${path.slice('go/'.length)}`)
  if (path.startsWith('npm/') && npm !== null) {
    const found = await npmAnswer(served, path.slice('npm/'.length))
    if (found === null) return refuse(answer, 404)
    if ('body' in found) return give(answer, method, 200, 'application/json', found.body)
    return giveFile(ask, answer, served, found.path)
  }
  return refuse(answer, 404)
}

/** The path without its slash at the front; null for what is none. */
function readPath(url: string): string | null {
  try {
    const path = decodeURIComponent(url.split('?')[0] ?? '').replace(/^\/+/, '')
    return /[\\\0]|(^|\/)\.\.?(\/|$)/.test(path) ? null : path
  } catch {
    return null
  }
}

async function giveFile(ask: IncomingMessage, answer: ServerResponse, served: Served, path: string): Promise<void> {
  const { manifest, folder } = served
  const listed = path === KIT_MANIFEST || manifest.files.some((one) => one.path === path)
  const size = listed ? await sizeIn(folder, path).catch(() => null) : null
  if (size === null) return refuse(answer, 404)
  const from = Number(/^bytes=(\d+)-$/.exec(ask.headers.range ?? '')?.[1] ?? '0')
  if (from > 0 && from >= size) return refuse(answer, 416)
  answer.writeHead(from > 0 ? 206 : 200, {
    'Content-Type': typeOf(path),
    'Content-Length': size - from,
    'Accept-Ranges': 'bytes',
    ...(from > 0 ? { 'Content-Range': `bytes ${from}-${size - 1}/${size}` } : {}),
  })
  if (ask.method === 'HEAD' || size === 0) return void answer.end()
  const file = createReadStream(pathIn(folder, path), { start: from, end: size - 1 })
  answer.on('close', () => file.destroy())
  file.on('error', () => answer.destroy())
  file.pipe(answer)
}

/** The registry behind us never sees a method that writes. */
function passOn(ask: IncomingMessage, answer: ServerResponse, registry: Registry | null): void {
  if (registry === null) return refuse(answer, 404)
  const { host = '', accept, range, 'if-none-match': known } = ask.headers
  const headers = {
    host,
    'x-forwarded-proto': 'https',
    ...(accept === undefined ? {} : { accept }),
    ...(range === undefined ? {} : { range }),
    ...(known === undefined ? {} : { 'if-none-match': known }),
  }
  const onward = request({ ...registry.at, method: ask.method, path: ask.url, headers, agent: false }, (said) => {
    const { connection: _own, ...rest } = said.headers
    answer.writeHead(said.statusCode ?? 502, rest)
    said.on('error', () => answer.destroy())
    said.pipe(answer)
  })
  onward.on('error', () => (answer.headersSent ? answer.destroy() : refuse(answer, 502)))
  answer.on('close', () => onward.destroy())
  onward.end()
}

function give(answer: ServerResponse, method: string, status: number, type: string, body: Buffer): void {
  answer.writeHead(status, {
    'Content-Type': type,
    'Content-Length': body.length,
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  })
  answer.end(method === 'HEAD' ? undefined : body)
}

function refuse(answer: ServerResponse, status: number): void {
  answer.writeHead(status, { 'Content-Type': 'text/plain' }).end(`${status}\n`)
}

function typeOf(path: string): string {
  if (path.endsWith('.json') || path.endsWith('.info')) return 'application/json'
  if (/\.(yml|mod|txt)$|\/list$/.test(path)) return 'text/plain; charset=utf-8'
  return 'application/octet-stream'
}
