import { BlockList, isIP } from 'node:net'
import { redact } from '../../core/redact.ts'
import { OutError } from '../race/adapter.ts'

/** How a request gets to its server. `via` is shown: the proxy without its password. */
export type Route = { kind: 'direct' } | { kind: 'http' | 'socks'; proxy: URL; via: string }

/** What the system says of an address, in the words of Chromium's `resolveProxy`: `PROXY h:3128`, `DIRECT` … */
export type SystemProxy = (url: string) => Promise<string>

type Environment = Readonly<Record<string, string | undefined>>

const DIRECT: Route = { kind: 'direct' }

/**
 * The way to an address. Variables of the environment come first, as every tool sees them; the system is asked
 * only where there are none. An address of this machine is never asked through a proxy (golang.org/x/net
 * http/httpproxy). Throws `OutError` `proxy` for a proxy that nobody can use.
 */
export async function routeTo(target: URL, environment: Environment, system: SystemProxy | null): Promise<Route> {
  const host = bare(target.hostname)
  if (isLoopbackHost(host)) return DIRECT
  const named = proxyVariable(target.protocol, environment)
  if (named !== null) return isExcepted(target, environment) ? DIRECT : routeOf(named)
  if (system === null || hasProxyVariable(environment)) return DIRECT
  // A proxy script sees what it is asked about: neither a password nor a path.
  return systemRoute(await system(`${target.origin}/`).catch(() => 'DIRECT'))
}

const VARIABLES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const
/** Upper case first, as Go reads them. */
const read = (name: string, environment: Environment): string =>
  (environment[name] || environment[name.toLowerCase()] || '').trim()
const hasProxyVariable = (environment: Environment): boolean => VARIABLES.some((name) => read(name, environment) !== '')

function proxyVariable(protocol: string, environment: Environment): string | null {
  const own = read(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY', environment)
  return own || read('ALL_PROXY', environment) || null
}

/** A missing scheme means http. Throws `OutError` `proxy`. */
function routeOf(text: string): Route {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(address)) throw new OutError('proxy', `unusable proxy ${redact(text)}`)
  const proxy = new URL(address)
  const via = `${proxy.protocol}//${proxy.host}`
  if (/^https?:$/.test(proxy.protocol)) return { kind: 'http', proxy, via }
  if (/^socks(4a?|5h?)?:$/.test(proxy.protocol)) return { kind: 'socks', proxy, via }
  throw new OutError('proxy', `unusable proxy ${via}`)
}

/** The first entry that is understood counts: what comes behind it is for when that one fails. */
function systemRoute(answer: string): Route {
  for (const entry of answer.split(';')) {
    const [kind = '', address = ''] = entry.trim().split(/\s+/)
    switch (kind.toUpperCase()) {
      case 'DIRECT':
        return DIRECT
      case 'PROXY':
        return routeOf(`http://${address}`)
      case 'HTTPS':
        return routeOf(`https://${address}`)
      case 'SOCKS5':
      case 'SOCKS':
        return routeOf(`socks5://${address}`)
      case 'SOCKS4':
        return routeOf(`socks4://${address}`)
    }
  }
  return DIRECT
}

/** `[::1]` as `::1`, lower case, without the dot of the root. */
const bare = (hostname: string): string =>
  hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()

const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** NO_PROXY: addresses, networks, names with all below them (`.name`: only below), each with or without a port; `*`. */
function isExcepted(target: URL, environment: Environment): boolean {
  const host = bare(target.hostname)
  const port = target.port || (target.protocol === 'https:' ? '443' : '80')
  return read('NO_PROXY', environment)
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port))
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return isWithin(entry, host)
  const parts = /^(?:\[(?<six>[^\]]+)\]|(?<name>[^:]+))(?::(?<port>\d+))?$/.exec(entry)?.groups
  if (parts?.port !== undefined && parts.port !== port) return false
  const name = (parts?.six ?? parts?.name ?? entry).replace(/^\*\./, '.')
  if (name.startsWith('.')) return host.endsWith(name)
  return host === name || (isIP(name) === 0 && host.endsWith(`.${name}`))
}

function isWithin(network: string, host: string): boolean {
  const [address = '', prefix = ''] = network.split('/')
  const [family, own] = [isIP(address), isIP(host)]
  const bits = Number(prefix)
  if (family === 0 || family !== own || !/^\d+$/.test(prefix) || bits > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6')
  return list.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
