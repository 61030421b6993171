import { createSocket } from 'node:dgram'
import { chmod, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { must, serve, until } from '../lab/process.ts'
import type { Ground } from './fault.ts'

/** A server of one fault on the lab's bridge, which ends with it. Its `http://HOST:PORT`. */
export async function web(ground: Ground, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  const port = await bind(server, ground.lab.bridge.address)
  ground.after(async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return `http://${ground.lab.bridge.address}:${port}`
}

/** What stands in the engine's place and says this of itself. */
export async function engine(ground: Ground, info: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = join(ground.root, 'run')
  // A link to the lab's, in a root of the ground's own.
  await unlink(folder)
  await mkdir(folder)
  const version = { Version: '27.0.0', ApiVersion: '1.45', MinAPIVersion: '1.24', Os: 'linux', Arch: 'amd64' }
  const server = createServer(({ url = '' }, answer) => {
    answer.setHeader('api-version', '1.45')
    const [path = ''] = url.split('?')
    if (path.endsWith('/_ping')) return void answer.end('OK')
    answer.setHeader('content-type', 'application/json')
    const lists = path.endsWith('/json') ? [] : {}
    const said = path.endsWith('/info') ? info : path.endsWith('/version') ? version : lists
    answer.end(JSON.stringify(said))
  })
  await new Promise<void>((resolve) => server.listen(join(folder, 'docker.sock'), resolve))
  ground.after(async () => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
}

/** A server below HTTP; each connection is given to `work`. Its `HOST:PORT`. */
export async function raw(ground: Ground, work: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    work(socket)
  })
  const port = await bind(server, ground.lab.bridge.address)
  ground.after(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return `${ground.lab.bridge.address}:${port}`
}

/** `HOST:PORT` at which nothing listens. */
export async function closedPort(ground: Ground): Promise<string> {
  const server = createTcpServer()
  const port = await bind(server, ground.lab.bridge.address)
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return `${ground.lab.bridge.address}:${port}`
}

function bind(server: TcpServer, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, address, () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    })
  })
}

/** What becomes of packets to a port of the bridge, by the firewall: `DROP`, `REJECT --reject-with …`. */
export async function firewall(ground: Ground, peer: string, target: readonly string[]): Promise<void> {
  const [host = '', port = ''] = peer.split(':')
  const rule = ['INPUT', '-p', 'tcp', '-d', host, '--dport', port, '-j', ...target]
  await must(['iptables', '-I', ...rule])
  ground.after(async () => void (await must(['iptables', '-D', ...rule])))
}

let next = 0
/** An address of the loopback that no other name server has; only port 53 can stand in resolv.conf. */
const ownAddress = (): string => `127.${80 + (process.pid % 100)}.${1 + Math.floor(next / 250)}.${2 + (next++ % 250)}`

/** A name server that knows `names`, and of all others says that they do not exist. Its address. */
export async function nameServer(
  ground: Ground,
  names: Readonly<Record<string, string | readonly string[]>>,
): Promise<string> {
  const address = ownAddress()
  const known = Object.entries(names).flatMap(([name, to]) =>
    (typeof to === 'string' ? [to] : to).map((one) => `--host-record=${name},${one}`),
  )
  const flags = [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--pid-file=',
    '--user=root',
    '--no-resolv',
    '--no-hosts',
  ]
  const listening = [
    '--port=53',
    `--listen-address=${address}`,
    '--bind-interfaces',
    '--address=/#/',
    '--log-facility=-',
  ]
  const log = join(ground.dir, `dnsmasq-${address}.log`)
  const server = await serve('dnsmasq', ['/usr/sbin/dnsmasq', ...flags, ...listening, ...known], log)
  ground.after(() => server.stop())
  await until(server, log, async () => /started/.test(await readFile(log, 'utf8').catch(() => '')))
  return address
}

/** A name server that takes questions and never answers. Its address. */
export async function silentServer(ground: Ground): Promise<string> {
  const address = ownAddress()
  const socket = createSocket('udp4')
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(53, address, resolve)
  })
  ground.after(() => new Promise((resolve) => socket.close(() => resolve())))
  return address
}

const SCRIPT = `#!/bin/sh
# Runs a program with another /etc/resolv.conf, in a mount namespace of its own. usage: with-resolv.sh FILE ARGUMENT...
set -eu
mount --bind "$1" /etc/resolv.conf
shift
exec "$@"
`

/** Lets the command line have these name servers, and nobody else. */
export async function useNameServers(ground: Ground, servers: readonly string[]): Promise<void> {
  const folder = join(ground.dir, 'dns')
  await mkdir(folder, { recursive: true })
  const [script, file] = [join(folder, 'with-resolv.sh'), join(folder, 'resolv.conf')]
  await writeFile(script, SCRIPT)
  await chmod(script, 0o755)
  await writeFile(file, servers.map((server) => `nameserver ${server}\n`).join(''))
  ground.wrap.push('unshare', '--mount', '--propagation', 'private', '--', 'sh', script, file)
}

/** Adds to the ground's catalogue: mirrors, what is fetched of them, other name servers. */
export async function addToCatalogue(ground: Ground, more: Readonly<Record<string, unknown>>): Promise<void> {
  const known: unknown = JSON.parse(await readFile(ground.catalogue, 'utf8'))
  await writeFile(ground.catalogue, JSON.stringify({ ...Object(known), ...more }))
}
