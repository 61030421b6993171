import type { Machine } from '../contract/machine.ts'

const PROXY = /^(https?|ftp|all|no)_proxy$/i

/** The proxies that programs find in the environment, without passwords. */
export function environmentProxies(environment: Readonly<Record<string, string>>): Machine['proxies'] {
  return Object.entries(environment)
    .filter(([name, value]) => PROXY.test(name) && value !== '')
    .map(([name, value]) => ({
      name,
      value: value.replace(/\/\/[^/]*@/, '//***@').replace(/^[^/]*@/, '***@'),
      from: 'environment',
      loopback: !/^no_proxy$/i.test(name) && isLoopback(value),
    }))
}

/** A proxy on this machine's own loopback is another one seen from a container or a virtual machine. */
export function isLoopback(value: string): boolean {
  try {
    const { hostname } = new URL(value.includes('://') ? value : `http://${value}`)
    return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
  } catch {
    return false
  }
}
