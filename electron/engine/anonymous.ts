import { CATEGORIES } from '../contract/doctor.ts'
import { redact } from '../core/redact.ts'

/** What a report is not to tell of. `hosts`: every host that something names; `known`: those that everybody knows. */
export type Private = { user: string; home: string; hosts: readonly string[]; known: readonly string[] }

/** Hosts that say nothing about a person, besides the mirrors that the program knows. */
const PUBLIC =
  /(?:^|\.)(?:golang\.org|google\.cn|goproxy\.cn|goproxy\.io|npmjs\.org|npmjs\.com|pypi\.org|pythonhosted\.org|docker\.io|docker\.com|github\.com|debian\.org|ubuntu\.com)$/
const LOCAL = /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[?::1?\]?)$/

/** Words of a report itself: an account of such a name cannot be told from them. */
const WORDS: readonly string[] = [
  ...CATEGORIES,
  ...['root', 'user', 'admin', 'home', 'npm', 'pip', 'apt', 'linux', 'darwin', 'debian', 'ubuntu', 'test', 'http'],
]

/** Addresses of networks that are nobody else's: 10/8, 172.16/12, 192.168/16, 100.64/10, 169.254/16. */
const PRIVATE_IPV4 =
  /(?<![\d.])(?:10\.\d{1,3}|172\.(?:1[6-9]|2\d|3[01])|192\.168|169\.254|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/g
/** fc00::/7 and fe80::/10. */
const PRIVATE_IPV6 = /(?<![\w:])f(?:[cd][0-9a-f]{2}|e[89ab][0-9a-f]):[0-9a-f:]+/gi

/**
 * A function that takes secrets, the user's name, the home's path, the names of private hosts and private addresses
 * out of a text. The same host gets the same word everywhere, so that a reader still sees what belongs together.
 */
export function anonymous({ user, home, hosts, known }: Private): (text: string) => string {
  const everybodys = new Set(known.map((host) => host.toLowerCase()))
  const named = [...new Set(hosts.map((host) => host.toLowerCase()))].filter((host) => !isPublicHost(host, everybodys))
  const replaced = named
    .toSorted((a, b) => b.length - a.length)
    .map((host, index) => [wholeWord(host, '.-'), `private-host-${index + 1}`] as const)
  const addresses = new Map<string, string>()
  const wordOf = (address: string): string => {
    const word = addresses.get(address) ?? `private-address-${addresses.size + 1}`
    addresses.set(address, word)
    return word
  }
  const spellings = [home, home.replaceAll('/', '\\'), home.replaceAll('/', '\\\\')]
  const account = user.length > 1 && !WORDS.includes(user.toLowerCase()) ? wholeWord(user, '') : null
  return (text) => {
    let shown = redact(text)
    // Another folder may begin with the same letters.
    for (const spelling of spellings)
      if (spelling.length > 1)
        shown = shown.replaceAll(new RegExp(`${literal(spelling)}(?![\\p{L}\\p{N}_-])`, 'gu'), '~')
    for (const [host, word] of replaced) shown = shown.replace(host, word)
    shown = shown.replace(PRIVATE_IPV4, wordOf).replace(PRIVATE_IPV6, wordOf)
    // A short or common name would tear words apart; as a word of its own it goes.
    return account === null ? shown : shown.replace(account, 'user')
  }
}

/** Whether a host (in lower case) says nothing about a person; addresses in numbers are judged by themselves. */
export const isPublicHost = (host: string, known: Pick<ReadonlySet<string>, 'has'>): boolean =>
  host.length <= 2 || known.has(host) || PUBLIC.test(host) || LOCAL.test(host) || isAddress(host)

const isAddress = (host: string): boolean => /^[\d.]+$/.test(host) || host.includes(':')

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** A name where it stands for itself. `inside`: what besides letters and digits makes it part of a longer name. */
const wholeWord = (name: string, inside: string): RegExp => {
  const part = `[\\p{L}\\p{N}_${inside}]`
  // A full stop behind it may end a sentence.
  const behind = inside === '' ? `(?!${part})` : `(?![\\p{L}\\p{N}_-])(?!\\.[\\p{L}\\p{N}])`
  return new RegExp(`(?<!${part})${literal(name)}${behind}`, 'giu')
}
