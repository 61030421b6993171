const HIDDEN = '••••'
// Every repetition that another attempt could begin in has a bound: a line of a megabyte must not take minutes.
const NAME = '(?:_auth|password|passwd|token|secret|api[_-]?key|npmAuthIdent)\\w{0,255}'
/** One word of a shell, of JSON or of an assignment: quoted and bare parts side by side (`'it'\''s'`). */
const WORD = '(?:"(?:[^"\\\\\\n]|\\\\.)*"|\'[^\'\\n]*\'|\\\\.|[^\\s"\',;])+'
/** `TOKEN=x`, `token: x`, `"token":"x"`. */
const ASSIGNED = new RegExp(`(${NAME}["']?\\s{0,64}[=:]\\s*)(${WORD})`, 'gi')
/** fish: `set -gx TOKEN x`. */
const SET = new RegExp(`(\\bset\\s{1,64}(?:-\\S{1,64}\\s{1,64}){0,8}\\w{0,255}?${NAME}\\s{1,64})(${WORD})`, 'gi')

/**
 * A line of an .npmrc, .yarnrc or .yarnrc.yml, also in a diff: all that stands behind the name, whatever it is made of.
 * The user's name and a private key in the file are no less the person's own than the token.
 */
const NPM_LINE =
  /^([-+ ]?[ \t]*"?(?:(?:\/\/[^\s=]*:)(?:_?authToken|_auth|_?password|username|email|key|cert)|_authToken|_auth|_password|npmAuthIdent|npmAuthToken)"?[ \t]*[=: ][ \t]*)\S.*$/gim
/** A text block of YAML: the value stands on the lines below. */
const YAML_BLOCK = new RegExp(
  `(${NAME}["']?[ \\t]{0,64}:[ \\t]{0,64}[|>][-+\\d]{0,2}[ \\t]{0,64}\\n[-+ ]?[ \\t]*)\\S[^\\n]*`,
  'gi',
)
const PRIVATE_KEY = /(-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----)((?:[^-]|-(?!----))*)/g
/** A netrc file: `login x password y`, also in a diff. */
const NETRC =
  /(\b(?:login|account|machine)[ \t]{1,64}\S{1,255}[ \t]{1,64}password[ \t]{1,64}|^[+\- ]?[ \t]*password[ \t]+)\S+/gm
const USERINFO = /:\/\/[^/\s"]+@/g
/** A proxy may stand without its scheme; `go` and pip take `user:password@host` there. */
const PROXY = /(proxy\w{0,64}["']?[ \t]{0,64}[=:][ \t]*)(\S+)/gi
const BARE_USERINFO = /(^|[,|"'])[^\s@/,|"':]*:[^\s@/,|"']*@/g

/** Whether something of this name is to be kept from view. */
export const isSecretName = (name: string): boolean => new RegExp(NAME, 'i').test(name)

/** Takes tokens, passwords and the credentials of addresses out of a text that is shown or reported. */
export function redact(text: string): string {
  return text
    .replace(PRIVATE_KEY, (_, begin: string, key: string) => begin + HIDDEN + key.replace(/[^\n]+/g, ''))
    .replace(YAML_BLOCK, `$1${HIDDEN}`)
    .replace(NPM_LINE, `$1${HIDDEN}`)
    .replace(USERINFO, `://${HIDDEN}@`)
    .replace(PROXY, (_, name: string, value: string) => name + value.replace(BARE_USERINFO, `$1${HIDDEN}@`))
    .replace(ASSIGNED, `$1${HIDDEN}`)
    .replace(SET, `$1${HIDDEN}`)
    .replace(/("auth"\s*:\s*)"[^"]*"/g, `$1"${HIDDEN}"`)
    .replace(NETRC, `$1${HIDDEN}`)
    .replace(/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g, `$1 ${HIDDEN}`)
}
