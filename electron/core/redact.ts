const HIDDEN = '••••'
const NAME = '(?:_auth|password|passwd|token|secret|api[_-]?key)\\w*'
/** One word of a shell, of JSON or of an assignment: quoted and bare parts side by side (`'it'\''s'`). */
const WORD = '(?:"(?:[^"\\\\\\n]|\\\\.)*"|\'[^\'\\n]*\'|\\\\.|[^\\s"\',;])+'
/** `TOKEN=x`, `token: x`, `"token":"x"`. */
const ASSIGNED = new RegExp(`(${NAME}["']?\\s*[=:]\\s*)(${WORD})`, 'gi')
/** fish: `set -gx TOKEN x`. */
const SET = new RegExp(`(\\bset\\s+(?:-\\S+\\s+)*\\w*${NAME}\\s+)(${WORD})`, 'gi')

/**
 * A line of an .npmrc, .yarnrc or .yarnrc.yml, also in a diff: all that stands behind the name, whatever it is made of.
 * The user's name and a private key in the file are no less the person's own than the token.
 */
const NPM_LINE =
  /^([-+ ]?[ \t]*"?(?:(?:\/\/[^\s=]*:)(?:_?authToken|_auth|_?password|username|email|key|cert)|_authToken|_auth|_password|npmAuthIdent|npmAuthToken)"?[ \t]*[=: ][ \t]*)\S.*$/gim
/** A netrc file: `login x password y`. */
const NETRC = /(\blogin\s+\S+\s+password\s+|\bmachine\s+\S+\s+password\s+|^[+\- ]?\s*password\s+)\S+/gm

/** Whether something of this name is to be kept from view. */
export const isSecretName = (name: string): boolean => new RegExp(NAME, 'i').test(name)

/** Takes tokens, passwords and the credentials of addresses out of a text that is shown or reported. */
export function redact(text: string): string {
  return text
    .replace(NPM_LINE, `$1${HIDDEN}`)
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^/\s'"]+@/gi, `$1${HIDDEN}@`)
    .replace(ASSIGNED, `$1${HIDDEN}`)
    .replace(SET, `$1${HIDDEN}`)
    .replace(/("auth"\s*:\s*)"[^"]*"/g, `$1"${HIDDEN}"`)
    .replace(NETRC, `$1${HIDDEN}`)
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, `$1 ${HIDDEN}`)
}
