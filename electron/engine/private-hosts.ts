import { anonymous, isPublicHost } from './anonymous.ts'
import { hostsIn } from './report.ts'

type Parts = { user: string; home: string; known: readonly string[] }

/** Values whose whole text may be a host: the words before it are a key of an error or of a note. */
const BARE = /^([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*)(?::\d+)?$/i

/**
 * A function that takes out of a text what a report takes out of its own (`anonymous`). What hosts there are it learns
 * from the addresses in the texts: the same host is the same word from then on.
 */
export function hideAll({ user, home, known }: Parts): (text: string) => string {
  const everybodys = new Set(known.flatMap(hostsIn))
  const hide = anonymous({ user, home, hosts: [], known: [...everybodys] })
  const words = new Map<string, RegExp>()
  const learn = (host: string): void => {
    const name = host.toLowerCase()
    if (words.has(name) || isPublicHost(name, everybodys)) return
    const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    words.set(name, new RegExp(`(?<![\\p{L}\\p{N}_.-])${literal}(?![\\p{L}\\p{N}_-])(?!\\.[\\p{L}\\p{N}])`, 'giu'))
  }
  return (text) => {
    for (const host of hostsIn(text)) learn(host)
    const bare = BARE.exec(text)?.[1]
    if (bare !== undefined && !/\.(?:sh|json|jsonl|yml|yaml|conf|list|sources|env|pem|crt|txt|toml|npmrc)$/i.test(bare))
      learn(bare)
    let shown = hide(text)
    for (const [at, pattern] of [...words.values()].entries()) shown = shown.replace(pattern, `private-host-${at + 1}`)
    return shown
  }
}
