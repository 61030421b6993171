import { causeText } from '../../core/errors.ts'
import { hostOf, portOf } from '../../mirrors/http/address.ts'
import { toOutError } from '../../mirrors/http/errors.ts'
import type { Fault } from './ladder.ts'

/** Whether a handshake failed over a certificate, and not before it came to one. */
export const isCertificateFault = (error: unknown): boolean => toOutError(error).reason === 'certificate'

/** Why there was no handshake. `plain`: what the port says to a plain request. */
export function tlsFault(error: unknown, url: URL, plain: string): Fault {
  const values = { peer: `${hostOf(url)}:${portOf(url)}`, host: hostOf(url) }
  const evidence = [causeText(error)]
  if (plain.startsWith('HTTP/1'))
    return { reason: 'tls-plain', values, evidence: [...evidence, plain.split('\r\n')[0] ?? ''] }
  return { reason: 'tls-handshake', values, evidence }
}
