import type { OutReason } from '../../contract/mirror.ts'
import { redact } from '../../core/redact.ts'
import { type Answer, OutError } from '../race/adapter.ts'

/** All bytes that a race may read are read; no mirror's fault. */
export class BudgetSpent extends Error {
  constructor() {
    super('the byte budget is spent')
    this.name = 'BudgetSpent'
  }
}

/** The first that matches a code of Node, OpenSSL, BoringSSL, undici or llhttp. */
const REASONS: readonly [RegExp, OutReason][] = [
  [/^(ENOTFOUND|ENODATA|EAI_.*)$/, 'dns'],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM)$/, 'refused-connection'],
  [/^(ETIMEDOUT|ERR_SOCKET_CONNECTION_TIMEOUT|UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT)$/, 'timeout'],
  [/^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_CERT)/, 'certificate'],
  [/^(INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|.*_KEY_TOO_(SMALL|WEAK))$/, 'certificate'],
  [/^(ERR_TLS_CERT_|ERR_SSL_(EE|CA)_)/, 'certificate'],
  [/^(EPROTO$|ERR_SSL_|ERR_TLS_)/, 'tls'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH)$/, 'cut'],
  [/^HPE_INVALID_EOF_STATE$/, 'cut'],
  // It answers, but not in HTTP, or with headers without end.
  [/^(HPE_|UND_ERR_HEADERS_OVERFLOW)/, 'not-artefact'],
]

/** What undici, the sockets or TLS have thrown, as the reason why a mirror is out. Credentials are taken out. */
export function toOutError(error: unknown): OutError {
  if (error instanceof OutError) return error
  const { code, text } = describe(error)
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1] ?? 'cut'
  return new OutError(reason, redact(code === '' || text.includes(code) ? text : `${code}: ${text}`))
}

/** The code may stand on the cause (fetch) or on the parts (happy eyeballs). */
function describe(error: unknown): { code: string; text: string } {
  if (!(error instanceof Error)) return { code: '', text: String(error) }
  // undici's parser error has not always a code of its own.
  const unnamed = error.name === 'HTTPParserError' ? 'HPE_' : ''
  const code = 'code' in error && typeof error.code === 'string' ? error.code : unnamed
  const parts: readonly unknown[] = error instanceof AggregateError ? error.errors : [error.cause]
  if (code !== '' && error.message !== '') return { code, text: error.message }
  const [inner] = parts.filter((part) => part instanceof Error).map((part) => describe(part))
  return { code: code || (inner?.code ?? ''), text: error.message || (inner?.text ?? code) }
}

/** Why a status puts a mirror out; null for those that carry an answer. `Retry-After` stays in the cause. */
export function statusOut({ status, headers }: Pick<Answer, 'status' | 'headers'>): OutError | null {
  if (status >= 200 && status < 300) return null
  const after = headers['retry-after']
  return new OutError(statusReason(status), `HTTP ${status}${after === undefined ? '' : `, Retry-After: ${after}`}`)
}

function statusReason(status: number): OutReason {
  // RFC 6585: the network itself wants a log-in.
  if (status === 511) return 'not-artefact'
  if (status >= 500) return 'server-error'
  switch (status) {
    case 401:
      return 'login'
    case 403:
    case 451:
      return 'denied'
    case 404:
    case 410:
      return 'not-found'
    case 407:
      return 'proxy'
    case 429:
      return 'rate-limited'
  }
  return status >= 300 && status < 400 ? 'redirects' : 'not-artefact'
}

/** A page for people: what a portal or a mirror's error page sends with status 200. */
export function isPage({ headers, body }: Pick<Answer, 'headers' | 'body'>): boolean {
  if (/\bx?html\b/i.test(headers['content-type'] ?? '')) return true
  const start = new TextDecoder().decode(body.subarray(0, 256)).trimStart()
  return /^<(!doctype\s+html|html|head|script)\b/i.test(start)
}
