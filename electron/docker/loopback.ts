import { splitGoProxy } from '../contract/grammar.ts'
import type { DockerState } from '../contract/machine.ts'
import type { Finding } from '../contract/note.ts'
import { inVirtualMachine } from './flavour.ts'

const PROXY_NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
const NO_PROXY = ['NO_PROXY', 'no_proxy']

/** Whether an address leads to the machine that asks for it. A missing scheme does not matter. */
export function isLoopback(address: string): boolean {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`
  if (!URL.canParse(text)) return false
  // A scheme that URL does not know keeps "127.1" as it stands; http normalises it.
  const host = new URL(text.replace(/^[a-z0-9+.-]+:/i, 'http:')).hostname.toLowerCase().replace(/\.$/, '')
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    /^127\.\d+\.\d+\.\d+$/.test(host) ||
    host === '0.0.0.0' ||
    host === '[::1]' ||
    host === '[::]' ||
    host.startsWith('[::ffff:7f')
  )
}

/**
 * Addresses on 127.0.0.1 that a container would look for in itself, and, for an engine in a virtual
 * machine, the daemon's own proxies. `goEnv`: the variables that the container gets.
 */
export function loopbackFindings(
  goEnv: Readonly<Record<string, string>>,
  docker: Pick<DockerState, 'flavour' | 'proxies'> | null,
): Finding[] {
  const addresses = Object.entries(goEnv).flatMap(([name, value]) =>
    addressesOf(name, value).map((url) => ({ name, url })),
  )
  const findings: Finding[] = addresses
    .filter(({ url }) => isLoopback(url))
    .map(({ name, url }) => ({
      id: 'docker.loopback-proxy',
      severity: 'warning',
      note: { key: 'docker:finding.loopback-proxy', values: { name, url: hidePassword(url) } },
    }))
  if (!docker || !inVirtualMachine(docker.flavour)) return findings
  const daemon = Object.entries(docker.proxies).filter(([name, url]) => PROXY_NAMES.includes(name) && isLoopback(url))
  return [
    ...findings,
    ...daemon.map(
      ([name, url]): Finding => ({
        id: 'docker.loopback-daemon-proxy',
        severity: 'warning',
        note: { key: 'docker:finding.loopback-daemon-proxy', values: { name, url: hidePassword(url) } },
      }),
    ),
  ]
}

/** The person's proxies that make sense in a container: those that do not lead to the container itself. */
export function containerProxies(environment: Readonly<Record<string, string>>): Record<string, string> {
  const usable = PROXY_NAMES.flatMap((name): [string, string][] => {
    const value = environment[name] ?? ''
    return value === '' || isLoopback(value) ? [] : [[name, value]]
  })
  if (usable.length === 0) return {}
  const except = NO_PROXY.flatMap((name): [string, string][] => {
    const value = environment[name] ?? ''
    return value === '' ? [] : [[name, value]]
  })
  return Object.fromEntries([...usable, ...except])
}

function addressesOf(name: string, value: string): string[] {
  if (name === 'GOPROXY')
    return splitGoProxy(value).flatMap((entry) =>
      ['direct', 'off'].includes(entry.value) || entry.value.startsWith('file:') ? [] : [entry.value],
    )
  // "name+hash+key https://…": only the second part is an address.
  if (name === 'GOSUMDB') return value.split(' ').slice(1, 2)
  return PROXY_NAMES.includes(name) && value !== '' ? [value] : []
}

const hidePassword = (url: string): string => url.replace(/\/\/[^/@\s]*@/, '//***@')
