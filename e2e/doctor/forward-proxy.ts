import { createServer, request } from 'node:http'
import { connect, type Socket } from 'node:net'

/** A proxy as companies have one: it passes on what it is asked for, `http` whole and `https` as a tunnel. */
export type ForwardProxy = {
  port: number
  /** What went through it: `GET http://…`, `CONNECT host:443`. */
  log: readonly string[]
  stop(): Promise<void>
}

/** `login` (`user:password`): it asks for that, and answers 407 to anybody else. */
export async function startForwardProxy(address: string, login: string | null = null): Promise<ForwardProxy> {
  const log: string[] = []
  const sockets = new Set<Socket>()
  const wanted = login === null ? null : `Basic ${Buffer.from(login).toString('base64')}`
  const refused = (header: string | undefined): boolean => wanted !== null && header !== wanted
  const server = createServer((incoming, answer) => {
    log.push(`${incoming.method} ${incoming.url}`)
    if (refused(incoming.headers['proxy-authorization']))
      return void answer.writeHead(407, { 'proxy-authenticate': 'Basic realm="proxy"', 'content-length': 0 }).end()
    if (!URL.canParse(incoming.url ?? '')) return void answer.writeHead(400, { 'content-length': 0 }).end()
    const { 'proxy-authorization': _login, 'proxy-connection': _connection, ...headers } = incoming.headers
    const outgoing = request(incoming.url ?? '', { method: incoming.method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    outgoing.on('error', () => (answer.headersSent ? answer.destroy() : answer.writeHead(502).end()))
    incoming.pipe(outgoing)
  })
  server.on('connect', (incoming, socket: Socket, head: Buffer) => {
    log.push(`CONNECT ${incoming.url}`)
    if (refused(incoming.headers['proxy-authorization']))
      return void socket.end(
        'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="proxy"\r\n\r\n',
      )
    const [, host = '', port = ''] = /^\[?([^\]]+)\]?:(\d+)$/.exec(incoming.url ?? '') ?? []
    const out = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      out.write(head)
      socket.pipe(out).pipe(socket)
    })
    out.on('error', () => socket.destroy())
    socket.on('error', () => out.destroy())
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const bound = server.address()
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : 0,
    log,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
