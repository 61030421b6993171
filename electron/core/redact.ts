const HIDDEN = '••••'

/** Takes tokens, passwords and the credentials of addresses out of a text that is shown or reported. */
export function redact(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s@'"]+@/gi, `$1${HIDDEN}@`)
    .replace(
      /((?:_authToken|_auth|_password|password|passwd|token|secret|api[_-]?key)["']?\s*[=:]\s*["']?)[^\s"',;]+/gi,
      `$1${HIDDEN}`,
    )
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, `$1 ${HIDDEN}`)
}
