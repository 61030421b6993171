import { redact } from '../core/redact.ts'

/** What a report is not to tell of. */
export type Private = { user: string; home: string; hosts: readonly string[] }

/** Hosts that everybody knows say nothing about a person. */
const PUBLIC =
  /(?:^|\.)(?:golang\.org|google\.cn|goproxy\.cn|goproxy\.io|aliyun\.com|aliyuncs\.com|tencent\.com|tencentyun\.com|huaweicloud\.com|npmmirror\.com|pypi\.org|docker\.io|docker\.com|daocloud\.io|github\.com|edu\.cn|debian\.org|ubuntu\.com)$/

/**
 * A function that takes secrets, the user's name, the home's path and the names of private hosts out of a text. The
 * same host gets the same word everywhere, so that a reader still sees what belongs together.
 */
export function anonymous({ user, home, hosts }: Private): (text: string) => string {
  const named = [...new Set(hosts)].filter(
    (host) => !PUBLIC.test(host) && !/^(?:localhost|127\.[\d.]+|\[?::1\]?)$/.test(host) && host.length > 2,
  )
  const replaced = named
    .toSorted((a, b) => b.length - a.length)
    .map((host, index) => [host, `private-host-${index + 1}`] as const)
  const spellings = [home, home.replaceAll('/', '\\'), home.replaceAll('/', '\\\\')]
  return (text) => {
    let shown = redact(text)
    for (const spelling of spellings) if (spelling.length > 1) shown = shown.replaceAll(spelling, '~')
    for (const [host, word] of replaced) shown = shown.replaceAll(host, word)
    // A short or common name would tear words apart; as a word of its own it goes.
    if (user.length > 1 && user !== 'root') shown = shown.replaceAll(wordOf(user), 'user')
    return shown
  }
}

const wordOf = (name: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}_])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}_])`, 'gu')
