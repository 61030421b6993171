import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'

const made = new WeakMap<readonly string[], SecureContext>()

/** A certificate without what differs from file to file: its lines' length. */
const bodyOf = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s+/g, '')
let own: ReadonlySet<string> | null = null

/**
 * What TLS needs to believe `authorities` (PEM, one each): hundreds of them, most of them twice, are read once for all
 * who have the same list.
 */
export function secureContextOf(authorities: readonly string[]): SecureContext {
  const known = made.get(authorities)
  if (known !== undefined) return known
  own ??= new Set(rootCertificates.map(bodyOf))
  const distinct = new Map(authorities.map((one) => [bodyOf(one), one]))
  const sound: string[] = []
  const rest: string[] = []
  for (const [body, one] of distinct) (own.has(body) ? sound : rest).push(one)
  // One text is read in a fraction of the time that many take, but it is read no further than to a broken one in it.
  const secure = createSecureContext({ ca: sound.length === 0 ? rest : [sound.join('\n'), ...rest] })
  made.set(authorities, secure)
  return secure
}
