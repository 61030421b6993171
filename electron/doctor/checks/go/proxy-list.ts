import { splitGoProxy } from '../../../contract/grammar.ts'

/** Why `go` cannot use a GOPROXY list; the entry that is wrong. Source: golang/go modfetch/proxy.go (`proxyList`). */
export type ProxyFault = { why: 'empty' | 'scheme' | 'word' | 'form' | 'unreached'; entry: string }

/** The first fault of a list; null: go takes it, and uses all of it. */
export function proxyFault(list: string): ProxyFault | null {
  const entries = splitGoProxy(list)
  if (entries.length === 0) return list === '' ? null : { why: 'empty', entry: list }
  for (const [index, { value }] of entries.entries()) {
    if (value === 'direct' || value === 'off') {
      const next = entries[index + 1]
      return next === undefined ? null : { why: 'unreached', entry: next.value }
    }
    const why = entryFault(value)
    if (why !== null) return { why, entry: value }
  }
  return null
}

function entryFault(entry: string): ProxyFault['why'] | null {
  if (/[\s"'“”，、；：。｜]/.test(entry)) return 'form'
  // Go adds https:// to what has a dot, a colon or a slash but no `:/`, and is no path.
  const address = /[.:/]/.test(entry) && !entry.includes(':/') && !entry.startsWith('/') ? `https://${entry}` : entry
  const [, scheme] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(address) ?? []
  if (scheme === undefined) return /^\w+$/.test(entry) ? 'word' : /^[a-z]+:\/[^/]/i.test(entry) ? 'form' : 'scheme'
  if (!['http', 'https', 'file'].includes(scheme.toLowerCase())) return 'scheme'
  if (scheme.toLowerCase() === 'file') return /^file:\/\/\/[^?#]/i.test(address) ? null : 'form'
  return URL.canParse(address) && new URL(address).hostname !== '' ? null : 'form'
}

/**
 * A list without the slips of typing: spaces, quotes (the file has none), full-width marks, `Direct`, a missing slash.
 * null: that does not make it one that go takes.
 */
export function mendedProxy(list: string): string | null {
  const mended = list
    .replace(/[\s"'“”]/g, '')
    .replace(/[，、；;]/g, ',')
    .replaceAll('｜', '|')
    .replaceAll('：', ':')
    .replaceAll('。', '.')
    .replace(/(?<=^|[,|])(https?):\/*(?=[^/])/gi, '$1://')
    .replace(/(?<=^|[,|])(direct|off)(?=$|[,|])/gi, (word) => word.toLowerCase())
  return mended !== list && mended !== '' && proxyFault(mended) === null ? mended : null
}
