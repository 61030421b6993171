import { isIP, type Socket } from 'node:net'
import type { TargetId } from '../../contract/mirror.ts'
import { hostOf, portOf } from '../../mirrors/http/address.ts'
import { type MirrorClient, openMirrorHttp } from '../../mirrors/http/client.ts'
import { dialRaw } from '../../mirrors/http/dial.ts'
import { type Route, routeTo } from '../../mirrors/http/proxy.ts'
import { secureContextOf } from '../../mirrors/http/secure.ts'
import { OutError } from '../../mirrors/race/adapter.ts'
import type { Means } from './climb.ts'
import { tryAddresses } from './connect.ts'
import { askOthers, resolveName } from './name.ts'
import type { ToolEnvironments } from './tool-environment.ts'
import { seeTls } from './tls.ts'
import { traceTo } from './trace.ts'
import type { WalkParts } from './walk.ts'

const TUNNEL_LIMIT = 4000
const TLS_LIMIT = 2500
const PLAIN_LIMIT = 1500
const PATIENCE = { most: 5000, least: 3000 }

/** The means of each target; `close` ends what they have opened. */
export type Tools = { of(target: TargetId): Means; close(): void }

/**
 * How the rungs are asked for real. `until`: by when all of it is to be done, as `performance.now` counts.
 * Names, ports and handshakes are asked once, whoever wants to know.
 */
export function openMeans(
  parts: Omit<WalkParts, 'facts' | 'authorities'>,
  tools: ToolEnvironments,
  authorities: readonly string[] | null,
  signal: AbortSignal,
  until = Infinity,
): Tools {
  const { sys, places, witnesses, systemProxy, mirrors, now } = parts
  const clients: MirrorClient[] = []
  const name = kept((host: string) => resolveName(host, { sys, places, resolvers: witnesses.resolvers }, signal))
  const others = kept((host: string) => askOthers(host, witnesses.resolvers))
  const tcp = kept((key: string) => tryAddresses(key.split(' ').slice(1), Number(key.split(' ')[0]), signal))
  const trace = kept((address: string) => traceTo(sys, places, address, signal))
  const secure = authorities === null ? undefined : secureContextOf(authorities)

  /** Whether a proxy takes connections at all: asked first, once, so that its name is not looked up in vain. */
  const proxyTakes = kept(async (origin: string) => {
    const proxy = new URL(origin)
    const host = hostOf(proxy)
    const addresses =
      isIP(host) === 0 && host !== 'localhost'
        ? (await name(host)).addresses
        : [host === 'localhost' ? '127.0.0.1' : host]
    if (addresses.length === 0) return `${proxy.host}: ENOTFOUND`
    const { best, tried } = await tcp(`${portOf(proxy)} ${addresses.join(' ')}`)
    return best === null ? `${proxy.host}: ${tried[0]?.code ?? 'ETIMEDOUT'}` : null
  })

  const meansOf = kept((key: string): Means => {
    const { environment, own } = tools[targetOf(key)]
    const system = own ? null : systemProxy
    const client = openMirrorHttp({ environment, system, authorities })
    clients.push(client)
    return {
      mirrors,
      client,
      now,
      patience: () => Math.min(PATIENCE.most, Math.max(PATIENCE.least, until - performance.now())),
      name,
      others,
      trace,
      route: (url) => routeTo(url, environment, system),
      tcp: (addresses, port) => tcp([port, ...addresses].join(' ')),
      tls: kept2((url, route) =>
        seeTls(url, { route, authorities, timeout: TLS_LIMIT }, within(TLS_LIMIT * 2, signal)),
      ),
      plainly: (url) => plainly(url, signal),
      async tunnel(url, route) {
        if (route.kind === 'direct') return
        const dead = await proxyTakes(route.proxy.href)
        if (dead !== null) throw new OutError('proxy', dead)
        const socket = await dialRaw(url, route, { secure, track: () => {} }, within(TUNNEL_LIMIT, signal))
        socket.destroy()
      },
    }
  })
  return {
    of: (target) => meansOf(tools[target].own ? target : 'go'),
    close: () => clients.forEach((client) => client.close()),
  }
}

const TARGETS: readonly TargetId[] = ['go', 'docker', 'npm', 'apt', 'pip']
const targetOf = (key: string): TargetId => TARGETS.find((target) => target === key) ?? 'go'

const within = (ms: number, signal: AbortSignal): AbortSignal => AbortSignal.any([signal, AbortSignal.timeout(ms)])

/** Asks once for each key; all get that answer. */
export function kept<T>(ask: (key: string) => T): (key: string) => T {
  const answers = new Map<string, T>()
  return (key) => {
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = ask(key)
    answers.set(key, answer)
    return answer
  }
}

function kept2<T>(ask: (url: URL, route: Route) => Promise<T>): (url: URL, route: Route) => Promise<T> {
  const answers = new Map<string, Promise<T>>()
  return (url, route) => {
    const key = `${url.host} ${route.kind === 'direct' ? '' : route.proxy.href}`
    const answer = answers.get(key) ?? ask(url, route)
    answers.set(key, answer)
    return answer
  }
}

/** The start of what a port answers to a request without TLS; empty: nothing. */
async function plainly(url: URL, signal: AbortSignal): Promise<string> {
  const inner = within(PLAIN_LIMIT, signal)
  let socket: Socket | null = null
  try {
    socket = await dialRaw(url, { kind: 'direct' }, { secure: undefined, track: () => {} }, inner)
    socket.write(`HEAD / HTTP/1.1\r\nHost: ${url.host}\r\nConnection: close\r\n\r\n`)
    for await (const chunk of socket.setTimeout(PLAIN_LIMIT, () => socket?.destroy()))
      return String(chunk).slice(0, 200)
    return ''
  } catch {
    return ''
  } finally {
    socket?.destroy()
  }
}
