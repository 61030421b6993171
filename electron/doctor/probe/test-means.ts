import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTcpServer, type Server as TcpServer, type Socket } from 'node:net'
import { mirrorSchema } from '../../contract/mirror.ts'
import type { Mirror, MirrorCatalogue } from '../../mirrors/catalogue.ts'
import { linuxPlaces } from '../../platform/linux/places.ts'
import { MemorySystem } from '../../system/memory.ts'
import { type Means, startClimb } from './climb.ts'
import { openMeans } from './means.ts'
import type { Resolved } from './name.ts'
import type { Endpoint, Probe } from './probe.ts'
import type { WalkParts } from './walk.ts'

const servers: (Server | TcpServer)[] = []
const sockets = new Set<Socket>()

/** A server on loopback: `http://127.0.0.1:PORT`. */
export const web = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await bind(createServer(listener))}`

/** A server below HTTP: `127.0.0.1:PORT`. */
export const raw = async (work: (socket: Socket) => void): Promise<string> =>
  `127.0.0.1:${await bind(createTcpServer(work))}`

function bind(server: TcpServer): Promise<number> {
  servers.push(server)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address()
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0)
    })
  })
}

export function closeServers(): void {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
}

export const endpoint = (url: string, more: Partial<Endpoint> = {}): Endpoint => ({
  ...{ target: 'npm', url, from: '/home/u/.npmrc:1', byDefault: false, role: 'source', login: false },
  turn: { list: url, at: 0, passes: 'never', beyond: false },
  ...more,
})

/** A mirror as a catalogue has it. */
export const mirror = (target: Endpoint['target'], url: string, more: Record<string, unknown> = {}): Mirror =>
  mirrorSchema.parse({
    ...{ id: 'm', target, url, name: { zh: 'm', en: 'm' }, status: 'alive', source: 's', date: '2026-01' },
    ...more,
  })

export const found = (...addresses: string[]): Resolved => ({ addresses, ms: 1, state: 'found', own: [], others: [] })

type Options = {
  environment?: Record<string, string>
  mirrors?: MirrorCatalogue['mirrors']
  /** What stands in for a part of the way. */
  over?: Partial<Means>
}

/** Goes the way to one address for real, with what `over` puts in its place. */
export async function climb(
  one: Endpoint,
  { environment = {}, mirrors = [], over = {} }: Options = {},
): Promise<Probe> {
  const { signal } = new AbortController()
  const places = linuxPlaces({ environment: { HOME: '/home/u', ...environment }, uid: 1000, username: 'u' })
  const plain = { own: false, environment: places.environment }
  const parts: Omit<WalkParts, 'facts'> = {
    ...{ sys: new MemorySystem(), places, witnesses: { resolvers: [] }, systemProxy: null },
    mirrors: { date: '2026-11-01', mirrors },
    authorities: () => Promise.resolve(null),
    now: () => 1000,
  }
  const tools = { go: plain, npm: plain, pip: plain, apt: plain, docker: plain }
  const means = openMeans(parts, tools, null, signal)
  try {
    const { done, sofar } = startClimb(one, { ...means.of(one.target), ...over }, signal)
    await done
    return sofar()
  } finally {
    means.close()
  }
}
