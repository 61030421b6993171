import { causeText } from '../../core/errors.ts'
import { hostOf, portOf } from '../../mirrors/http/address.ts'
import type { Fault } from './ladder.ts'

/** Why a proxy did not let through, out of what `openTunnel` throws: a status, or what became of the connection. */
export function proxyFault(error: unknown, url: URL, via: string): Fault {
  const text = causeText(error)
  const status = Number(/HTTP (\d{3})/.exec(text)?.[1] ?? 0)
  const values = { proxy: via, host: hostOf(url), peer: `${hostOf(url)}:${portOf(url)}`, status }
  const evidence = [text]
  if (status === 407 || /authentication|auth(?:\.|enticat)/i.test(text))
    return { reason: 'proxy-auth', values, evidence }
  if (status > 0 || /not allowed|Socks5 proxy rejected|host unreachable|network unreachable/i.test(text))
    return { reason: 'proxy-refuses', values, evidence }
  return { reason: 'proxy-dead', values, evidence }
}
