import { pathOf, sameUri } from './address.ts'
import type { Entry, Word } from './entry.ts'
import { type AptSystem, COMPONENTS } from './system.ts'

/** What is known besides the files themselves. */
export type Evidence = {
  system: AptSystem
  /** Who says to be behind a list that apt has fetched: `Origin` by the list's name (see `listName`). */
  origins: ReadonlyMap<string, string>
  /** Addresses that are the distribution's archive for sure: its templates' and what we have written ourselves. */
  known: readonly string[]
}

/**
 * - `archive`: the distribution's own, ours to change
 * - `security`: its security updates, which stay where they are
 * - `mixed`: both in one, so it stays as well
 * - `foreign`: everybody else's
 */
export type Kind = 'archive' | 'security' | 'mixed' | 'foreign'

/** Names that a suite of the release may have besides the codename (Debian also has names for what is current). */
const POCKETS = /^(?:-(?:updates|backports|backports-sloppy|proposed|proposed-updates|security)|\/updates)?$/
const ROLLING = new Set(['stable', 'oldstable', 'testing', 'unstable', 'sid'])

/** The addresses of an entry that a mirror can stand for: not a disc, a folder or a list of mirrors. */
export const webUris = (entry: Entry): readonly Word[] => entry.uris.filter(({ text }) => /^"?https?:/i.test(text))

/** Tells the distribution's own sources from all others. In the order of the entries. */
export function recognise(entries: readonly Entry[], evidence: Evidence): readonly Kind[] {
  const first = entries.map((entry) => kindOf(entry, evidence, false))
  // A machine has its archive somewhere: where nothing better is there, the address alone has to do.
  const sure = entries.filter((_, index) => first[index] !== 'foreign').flatMap(({ suites }) => suites)
  return entries.map((entry, index) => {
    const kind = first[index] ?? 'foreign'
    if (kind !== 'foreign' || entry.suites.some((suite) => sure.includes(suite))) return kind
    return kindOf(entry, evidence, true)
  })
}

function kindOf(entry: Entry, evidence: Evidence, addressWillDo: boolean): Kind {
  const { distribution, codename } = evidence.system
  if (webUris(entry).length === 0 || entry.components.length === 0) return 'foreign'
  if (!entry.components.every((component) => COMPONENTS[distribution].has(component))) return 'foreign'
  const pockets = entry.suites.map((suite) => pocketOf(suite, codename, distribution))
  if (pockets.some((pocket) => pocket === null)) return 'foreign'
  const rolling = entry.suites.some((suite) => !suite.startsWith(codename))
  if (!isOwn(entry, evidence, addressWillDo && !rolling)) return 'foreign'
  const security = pockets.filter((pocket) => pocket === '-security' || pocket === '/updates').length
  if (webUris(entry).some(({ text }) => pathOf(text).endsWith('-security'))) return 'security'
  if (security === 0) return 'archive'
  return security === pockets.length ? 'security' : 'mixed'
}

/** `bookworm-updates` → `-updates`; null for a suite of anybody else. */
function pocketOf(suite: string, codename: string, distribution: AptSystem['distribution']): string | null {
  const name = [codename, ...(distribution === 'debian' ? ROLLING : [])].find(
    (one) => suite === one || suite.startsWith(`${one}-`) || suite.startsWith(`${one}/`),
  )
  const pocket = name === undefined ? null : suite.slice(name.length)
  return pocket !== null && POCKETS.test(pocket) ? pocket : null
}

function isOwn(entry: Entry, { system, origins, known }: Evidence, addressWillDo: boolean): boolean {
  const { distribution } = system
  const uris = webUris(entry).map(({ text }) => text)
  if (entry.signedBy !== null && !isOwnKey(entry.signedBy, distribution)) return false
  const said = uris
    .flatMap((uri) => entry.suites.map((suite) => origins.get(listName(uri, suite))))
    .filter((origin) => origin !== undefined)
  if (said.length > 0) return said.every((origin) => origin.split(' ')[0]?.toLowerCase() === distribution)
  if (entry.signedBy !== null) return true
  return uris.every(
    (uri) =>
      known.some((one) => sameUri(one, uri)) ||
      isOfficialHost(uri, distribution) ||
      (addressWillDo && ARCHIVE_PATH.test(pathOf(uri))),
  )
}

/** The distribution's own key rings. Debian's and Ubuntu's packages put them there. */
const isOwnKey = (signedBy: string, distribution: string): boolean =>
  signedBy
    .split(/[\s,]+/)
    .every((path) => new RegExp(`^/(usr/share|etc/apt)/keyrings/${distribution}-archive-[\\w.-]+$`).test(path))

/** Where archives lie on most servers. */
const ARCHIVE_PATH = /^\/(debian|ubuntu)(-ports|-security)?$/

/** A host of the distribution itself, with an archive's path. */
export function isOfficialHost(uri: string, distribution: AptSystem['distribution']): boolean {
  const domain = distribution === 'debian' ? 'debian.org' : 'ubuntu.com'
  const bare = uri.replaceAll('"', '')
  const host = URL.canParse(bare) ? new URL(bare).hostname : ''
  return host.endsWith(`.${domain}`) && ARCHIVE_PATH.test(pathOf(uri))
}

/** What apt calls the InRelease of a suite. Source: apt-pkg/contrib/strutl.cc `URItoFileName`. */
export function listName(uri: string, suite: string): string {
  const bare = uri.replaceAll('"', '').replace(/^[a-z0-9+.-]+:\/+(?:[^/@]*@)?/i, '')
  const whole = `${bare.replace(/\/*$/, '')}/dists/${suite}/InRelease`
  // What is not ASCII comes byte by byte.
  const quoted = whole.replace(/[\\|{}[\]<>"^~_=!@#$%&*\u0000-\u0020\u007f-\u00ff]/g, (char) => {
    return `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
  return quoted.replaceAll('/', '_')
}
