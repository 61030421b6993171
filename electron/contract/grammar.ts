/**
 * Strict grammars for everything that a person, a profile or the window can name.
 * Pure functions: each returns null when the text is fine, else a short reason
 * (an i18n key in `grammar:`).
 */

import { isTooWide, refusedFlag, refusedName } from './env-names.ts'
import { spellHidden } from './hidden.ts'

export const REASONS = [
  'empty',
  'control-character',
  'too-long',
  'bad-name',
  'reserved-name',
  'bad-url',
  'url-scheme',
  'url-credentials',
  'url-query',
  'bad-image',
  'proxy-entry',
  'proxy-empty',
  'verification-off',
  'runs-program',
  'bad-pattern',
  'bad-path',
  'bad-duration',
  'flag',
  'shared-folder',
  'collector-scheme',
] as const
export type Reason = (typeof REASONS)[number]

/**
 * What else a profile is refused for: found while it is read, or where its fields contradict each other; and why the
 * files around it, a computer's policy and keys, cannot be used.
 */
export const PROFILE_REASONS = [
  'encoding',
  'syntax',
  'alias',
  'tag',
  'too-deep',
  'unknown-key',
  'wrong-value',
  'given-twice',
  'no-keys',
  'policy-file',
  'policy-closed',
  'policy-owner',
  'key-missing',
  'key-kind',
  'key-public',
  'key-there',
] as const
export type ProfileReason = Reason | (typeof PROFILE_REASONS)[number]

// Half a surrogate pair is in no encoding: what is written would be another text. U+FFFD is what was no text before.
// A noncharacter (U+FFFE) makes systemd drop the whole file of environment.d.
const CONTROL = /[\u0000-\u001f\u007f\u0085\u2028\u2029\ufffd\ud800-\udfff\p{Noncharacter_Code_Point}]/u
/** Longest value that every system takes for one variable (Windows: 32,767 characters). */
export const MAX_VALUE = 32_766

const hasControl = (text: string): boolean => CONTROL.test(text)

/** The name of a file, or a word of a login: anything on one line. */
export function checkLine(text: string, longest = 4096): Reason | null {
  if (text === '') return 'empty'
  if (text.length > longest) return 'too-long'
  return hasControl(text) ? 'control-character' : null
}

// What steers a terminal or turns the direction of text; line ends are a remark's own.
const STEERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffd\ud800-\udfff]/u

/** A remark: lines for people, in which nothing steers or hides. */
export const checkRemark = (text: string): Reason | null => (STEERS.test(text) ? 'control-character' : null)

// distribution/reference: domain, path components, tag of 128, digest.
const DOMAIN =
  '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::[0-9]{1,5})?'
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*'
const IMAGE = new RegExp(
  `^(?:(${DOMAIN})/)?(${COMPONENT}(?:/${COMPONENT})*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[a-f0-9]{64}))?$`,
)

export type ImageName = { registry: string; repository: string; tag: string; digest: string | null }

/**
 * Splits an image reference as docker does (distribution/reference `ParseNormalizedNamed`):
 * no registry means docker.io, one path component there means `library/`.
 * Returns null for anything outside the grammar.
 */
export function parseImage(text: string): ImageName | null {
  if (text.length > 512) return null
  const match = IMAGE.exec(text)
  if (!match) return null
  let registry = match[1]
  let repository = match[2] ?? ''
  if (registry !== undefined && !/[.:]/.test(registry) && registry !== 'localhost') {
    // The first component is a host only if it looks like one. Hosts may have capitals, paths may not.
    if (registry !== registry.toLowerCase()) return null
    repository = `${registry}/${repository}`
    registry = undefined
  }
  if (registry === undefined || registry === 'index.docker.io') registry = 'docker.io'
  if (registry === 'docker.io' && !repository.includes('/')) repository = `library/${repository}`
  if (repository.length > 255) return null
  return { registry, repository, tag: match[3] ?? (match[4] ? '' : 'latest'), digest: match[4] ?? null }
}

/** An http(s) address without credentials and without query or fragment. */
export function checkUrl(text: string): Reason | null {
  if (text === '') return 'empty'
  if (text.length > 2048) return 'too-long'
  // What is invisible (IDNA drops it) or an escaped control character (apt takes escapes apart) leads elsewhere.
  if (spellHidden(text) !== text || /[\s"'`\\<>^{}|,$\ufffd]|%(?:[01][0-9a-f]|7f)/i.test(text)) return 'bad-url'
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'url-scheme'
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return 'bad-url'
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'url-scheme'
  if (url.username !== '' || url.password !== '') return 'url-credentials'
  if (url.search !== '' || url.hash !== '' || text.includes('?') || text.includes('#')) return 'url-query'
  // RFC 3986: brackets stand around an IPv6 host and nowhere else; apt breaks on a lonely one.
  return url.hostname === '' || /[[\]]/.test(url.pathname) ? 'bad-url' : null
}

/** A collector's address: what is told of a machine goes over the network encrypted, or not over the network at all. */
export function checkCollector(text: string): Reason | null {
  const reason = checkUrl(text)
  if (reason !== null) return reason
  const { protocol, hostname } = new URL(text)
  const here = hostname === 'localhost' || hostname === '[::1]' || /^127\.[\d.]+$/.test(hostname)
  return protocol === 'https:' || here ? null : 'collector-scheme'
}

/** An archive's address: a line of `sources.list` takes percent escapes apart, a stanza of `.sources` does not. */
export const checkAptUrl = (text: string): Reason | null =>
  checkUrl(text) ?? (new URL(text).pathname.includes('%') ? 'bad-url' : null)

export type ProxyEntry = { value: string; separator: ',' | '|' | null }

/** Splits a GOPROXY list; `separator` is the one *after* the entry. Source: golang/go modfetch/proxy.go. */
export function splitGoProxy(text: string): readonly ProxyEntry[] {
  const entries: ProxyEntry[] = []
  let rest = text
  while (rest !== '') {
    const at = rest.search(/[,|]/)
    const value = (at < 0 ? rest : rest.slice(0, at)).trim()
    const mark = at < 0 ? null : rest.charAt(at)
    if (value !== '') entries.push({ value, separator: mark === ',' || mark === '|' ? mark : null })
    rest = at < 0 ? '' : rest.slice(at + 1)
  }
  return entries
}

/** A GOPROXY value that `go` takes: URLs (http, https, path-only file), direct, off; `,` or `|` between. */
export function checkGoProxy(text: string): Reason | null {
  if (text.length > MAX_VALUE) return 'too-long'
  if (hasControl(text)) return 'control-character'
  const entries = splitGoProxy(text)
  if (entries.length === 0) return 'proxy-empty'
  for (const { value } of entries) {
    if (value === 'direct' || value === 'off') continue
    if (/^file:\/\/\/[^?#\s]+$/.test(value)) continue
    // A bare word has no host in it; `go` adds https:// only to what has a dot, colon or slash.
    const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : /[.:/]/.test(value) ? `https://${value}` : null
    if (address === null) return 'proxy-entry'
    const reason = checkUrl(address)
    if (reason) return reason
  }
  return null
}

/** GOSUMDB: a name, `name+hash+key`, either with a URL behind it. `off` is refused: see FACTS, Go. */
export function checkSumdb(text: string): Reason | null {
  if (text === '') return 'empty'
  if (hasControl(text)) return 'control-character'
  if (text.trim() === 'off') return 'verification-off'
  const [key = '', url, ...rest] = text.split(' ')
  if (rest.length > 0) return 'bad-pattern'
  if (!/^[A-Za-z0-9.-]+(\/[A-Za-z0-9.-]+)*(\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)?$/.test(key)) return 'bad-pattern'
  return url === undefined ? null : checkUrl(url)
}

/** One GOPRIVATE pattern: a glob of module path prefixes. A pattern that matches everything is refused. */
export function checkPrivate(text: string): Reason | null {
  if (text === '') return 'empty'
  if (hasControl(text) || !/^[A-Za-z0-9.*?[\]_~/-]+$/.test(text)) return 'bad-pattern'
  return /^[*?./]+$/.test(text) || isTooWide(text) ? 'verification-off' : null
}

/** A name that may be set by `env.set`. */
export function checkName(name: string): Reason | null {
  if (name === '') return 'empty'
  if (name.length > 255) return 'too-long'
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name === '__proto__') return 'bad-name'
  return refusedName(name)
}

/** A value for a name; the Go variables with a grammar of their own are checked by it, however Windows spells them. */
export function checkValue(given: string, value: string): Reason | null {
  const name = given.toUpperCase()
  if (value.length > MAX_VALUE) return 'too-long'
  if (hasControl(value)) return 'control-character'
  if (name === 'GOPROXY') return checkGoProxy(value)
  if (name === 'GOSUMDB') return checkSumdb(value)
  // With `none` all modules come through the proxy, private ones as well: what a private proxy is for.
  if (name === 'GONOPROXY' && value === 'none') return null
  if (name === 'GOPRIVATE' || name === 'GONOPROXY' || name === 'GONOSUMDB')
    return (
      value
        .split(',')
        .map(checkPrivate)
        .find((reason) => reason !== null) ?? null
    )
  if (name === 'GOFLAGS') return refusedFlag(value)
  // What Go no longer refuses of old certificates, and where it looks for programs.
  if (name === 'GODEBUG') return /x509|tls|execerrdot|insecure|rsa|sha1/i.test(value) ? 'verification-off' : null
  return null
}

/** A folder for PATH: absolute or under `~/`, without the separator and without relative parts. */
export function checkPathEntry(text: string): Reason | null {
  if (text === '') return 'empty'
  if (hasControl(text)) return 'control-character'
  if (text.length > 4096) return 'too-long'
  if (!/^(\/|~\/|[A-Za-z]:[\\/])/.test(text)) return 'bad-path'
  if (/^(\/|~\/)/.test(text) && text.includes(':')) return 'bad-path'
  // A share of somebody else's machine.
  if (/^[\\/]{2}/.test(text) || text.split(/[\\/]/).includes('..')) return 'bad-path'
  return SHARED.test(text) ? 'shared-folder' : null
}

/** Where everybody of a machine may put programs. */
const SHARED =
  /^(\/+(tmp|var\/+tmp|dev|proc|run\/+(shm|user|lock)|private\/+(tmp|var\/+tmp))|[a-z]:[\\/]+(temp|tmp|users[\\/]+public|windows[\\/]+temp))([\\/]|$)/i

/** A file that a profile names: beside the profile or below, or with its whole path; never on another machine. */
export function checkFile(text: string): Reason | null {
  const reason = checkLine(text)
  if (reason !== null) return reason
  if (/^[\\/]{2}/.test(text) || /^[A-Za-z]:(?![\\/])/.test(text)) return 'bad-path'
  return text.split(/[\\/]/).includes('..') ? 'bad-path' : null
}

/** `10s`, `500ms`, `2m` as milliseconds, or null. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,6})(ms|s|m)$/.exec(text)
  if (!match) return null
  const factor = match[2] === 'ms' ? 1 : match[2] === 's' ? 1000 : 60_000
  const ms = Number(match[1]) * factor
  return ms > 0 && ms <= 3_600_000 ? ms : null
}
