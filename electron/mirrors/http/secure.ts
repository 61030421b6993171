import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls'

const made = new WeakMap<readonly string[], SecureContext>()
const own = new Set<string>(rootCertificates)

/** What TLS needs to believe `authorities` (PEM): hundreds of them are read once for all who have the same list. */
export function secureContextOf(authorities: readonly string[]): SecureContext {
  const known = made.get(authorities)
  if (known !== undefined) return known
  // One text is read in a fraction of the time that many take, but it is read no further than to a broken one in it.
  const sound = authorities.filter((one) => own.has(one)).join('\n')
  const rest = authorities.filter((one) => !own.has(one))
  const secure = createSecureContext({ ca: sound === '' ? rest : [sound, ...rest] })
  made.set(authorities, secure)
  return secure
}
