import type { Machine } from '../../contract/machine.ts'
import { isLoopback } from '../proxies.ts'

type Proxies = Machine['proxies']

/** Names as `scutil --proxy` has them (kSCPropNetProxies…), and what we call the proxy. */
const KINDS = [
  ['HTTP', 'http'],
  ['HTTPS', 'https'],
  ['SOCKS', 'socks'],
] as const

/** The proxies of the network settings, out of what `scutil --proxy` prints. Unknown text gives none. */
export function systemProxies(text: string): Proxies {
  const { values, exceptions } = parse(text)
  const on = (key: string): boolean => values.get(`${key}Enable`) === '1'
  const named = KINDS.flatMap(([key, name]): Proxies => {
    const host = values.get(`${key}Proxy`) ?? ''
    const port = values.get(`${key}Port`) ?? ''
    if (!on(key) || host === '') return []
    const address = host.includes(':') ? `[${host}]` : host
    return [one(name, port === '' ? address : `${address}:${port}`)]
  })
  const script = values.get('ProxyAutoConfigURLString') ?? ''
  const pac = on('ProxyAutoConfig') && script !== '' ? [one('pac', script)] : []
  const any = named.length > 0 || pac.length > 0
  return [
    ...named,
    ...pac,
    ...(any && exceptions.length > 0
      ? [{ name: 'no_proxy', value: exceptions.join(','), from: FROM, loopback: false }]
      : []),
  ]
}

const FROM = 'macOS'

/** A script that lies on this machine is no proxy on it. */
const one = (name: string, value: string): Proxies[number] => ({
  name,
  value: value.replace(/\/\/[^/]*@/, '//***@'),
  from: FROM,
  loopback: name !== 'pac' && isLoopback(value),
})

/** SCPrint's layout: `Key : value` a line, a list as `Key : <array> {`, `0 : value`, `}`. */
function parse(text: string): { values: ReadonlyMap<string, string>; exceptions: readonly string[] } {
  const values = new Map<string, string>()
  const exceptions: string[] = []
  let list: string | null = null
  for (const line of text.split('\n')) {
    const [, key = '', value = ''] = /^\s*(\w+) : (.*?)\s*$/.exec(line) ?? []
    if (line.trim() === '}') list = null
    else if (value === '<array> {' || value === '<dictionary> {') list = key
    else if (list === 'ExceptionsList' && value !== '') exceptions.push(value)
    else if (list === null && key !== '') values.set(key, value)
  }
  return { values, exceptions }
}
