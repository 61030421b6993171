import { createReadStream } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join, normalize } from 'node:path'
import type { Certificates } from './certificates.ts'
import type { Faults } from './faults.ts'
import { type Access, startFront } from './front.ts'

/** A server of package archives: plain files, as on every real mirror. */
export type AptMirror = {
  /** What stands before `/debian`. */
  url: string
  httpsUrl: string
  /** What is served; a signer publishes into it. */
  folder: string
  faults: Faults
  log(): readonly Access[]
  bytes(): number
  stop(): Promise<void>
}

/**
 * Serves `dir/files`. Give each mirror an address of its own (127.0.0.0/8): apt gives up on all servers of an
 * address once one of them has refused a connection.
 */
export async function startAptMirror(dir: string, address: string, certificates: Certificates): Promise<AptMirror> {
  const folder = join(dir, 'files')
  const socket = join(dir, 'files.sock')
  await mkdir(folder, { recursive: true })
  const server = createServer((request, response) => void answer(folder, request, response))
  await new Promise<void>((resolve) => server.listen(socket, resolve))
  const front = await startFront({
    socket,
    addresses: [address],
    certificates,
    logFile: join(dir, 'access.jsonl'),
  })
  return {
    url: `http://${address}:${front.port}`,
    httpsUrl: `https://${address}:${front.tlsPort}`,
    folder,
    faults: front.faults,
    log: front.log,
    bytes: front.bytes,
    async stop() {
      await front.close()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://lab').pathname))
  const file = await stat(join(folder, path)).catch(() => null)
  if (!file?.isFile()) {
    response.writeHead(404, { 'content-length': 0 }).end()
    return
  }
  const changed = file.mtime.toUTCString()
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  if (since >= Date.parse(changed)) {
    response.writeHead(304, { 'last-modified': changed }).end()
    return
  }
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '')
  const start = Number(range?.[1] ?? 0)
  const end = Math.min(range?.[2] ? Number(range[2]) : file.size - 1, file.size - 1)
  if (range && start > end) {
    response.writeHead(416, { 'content-range': `bytes */${file.size}`, 'content-length': 0 }).end()
    return
  }
  response.writeHead(range ? 206 : 200, {
    'content-length': end - start + 1,
    'last-modified': changed,
    'accept-ranges': 'bytes',
    ...(range ? { 'content-range': `bytes ${start}-${end}/${file.size}` } : {}),
  })
  if (request.method === 'HEAD' || file.size === 0) response.end()
  else createReadStream(join(folder, path), { start, end }).pipe(response)
}
