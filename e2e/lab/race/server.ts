import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Certificates } from '../certificates.ts'
import type { Drawn } from './draw.ts'
import type { Field } from './field.ts'

/** Bytes of the artefact: enough for eight seconds of the fastest. */
const SIZE = 256 * 1024 * 1024
const BLOCK = Buffer.alloc(1024 * 1024, 'goready race ')
const SEGMENT = 1460
const THROTTLE = { after: 1_000_000, rate: 60_000 }
export const HASH = createHash('sha256').update(BLOCK).digest('hex')
export const [TODAY, LAST_WEEK] = ['2026-11-22T00:00:00.000Z', '2026-11-14T00:00:00.000Z']

/** Serves the mirrors of a draw on a field's sockets. Answers how to stop it. */
export function serveDraw(field: Field, drawn: readonly Drawn[]): () => void {
  const stops = field.servers.map((server, at) => {
    const mirror = drawn[at]
    if (mirror === undefined) return () => {}
    const secure = mirrorServer(mirror, mirror.fault === 'certificate' ? field.stranger : field.known)
    const sockets = new Set<Socket>()
    const connected = (socket: Socket): void => {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => sockets.delete(socket))
      if (mirror.fault === 'refused') {
        socket.destroy()
        return
      }
      if (mirror.fault === 'silent') return
      // Two round trips for TCP and TLS: this kernel has no delay of its own for us.
      void sleep(2 * mirror.rtt).then(() => {
        if (socket.destroyed) return
        secure.emit('connection', socket)
        socket.resume()
      })
    }
    server.on('connection', connected)
    return () => {
      server.off('connection', connected)
      for (const socket of sockets) socket.destroy()
      secure.close()
    }
  })
  return () => {
    for (const stop of stops) stop()
  }
}

function mirrorServer(mirror: Drawn, { certificate, key }: Certificates): SecureServer {
  const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
    void answer(mirror, request, response).catch(() => response.destroy())
  })
  server.on('tlsClientError', () => {})
  server.on('clientError', (_error, socket) => socket.destroy())
  return server
}

async function answer(mirror: Drawn, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await sleep(mirror.rtt)
  switch (mirror.fault) {
    case 'portal':
      response.setHeader('content-type', 'text/html').end('<html>log in first</html>')
      return
    case 'denied':
      response.writeHead(403).end('not on the list')
      return
    case 'limited':
      response.writeHead(429, { 'retry-after': '60' }).end()
      return
    default:
  }
  if (request.url === '/info') {
    const hash = mirror.fault === 'wrong' ? HASH.replaceAll('a', 'b') : HASH
    response.end(JSON.stringify({ hash, date: mirror.fault === 'stale' ? LAST_WEEK : TODAY }))
    return
  }
  response.writeHead(200, { 'content-length': SIZE })
  await pour(mirror, response)
}

/** Slow start as a distant server has it: ten segments, and twice as much each round trip, until its link is full. */
async function pour({ rate, rtt, fault }: Drawn, response: ServerResponse): Promise<void> {
  let [sent, window] = [0, 10 * SEGMENT]
  const send = async (bytes: number): Promise<void> => {
    const part = BLOCK.subarray(0, Math.min(bytes, BLOCK.length, SIZE - sent))
    sent += part.length
    if (!response.write(part)) await drained(response)
  }
  while (!response.destroyed && sent < SIZE) {
    if (fault === 'cut' && sent > 150_000) {
      response.destroy()
      return
    }
    if (fault === 'throttled' && sent >= THROTTLE.after) {
      await send(THROTTLE.rate / 20)
      await sleep(50)
    } else if ((window / rtt) * 1000 < (rate / 8) * 1.5) {
      await send(window)
      window *= 2
      await sleep(rtt)
    } else await send(64 * 1024)
  }
  response.end()
}

const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const over = (): void => {
      response.off('drain', over).off('close', over)
      resolve()
    }
    response.on('drain', over).on('close', over)
  })
