import { checkUrl } from '../../contract/grammar.ts'
import type { TargetId } from '../../contract/mirror.ts'

/**
 * How an address is written. `url`: where the tool goes, null where it goes nowhere. `reason`: what the tool rejects;
 * `mended`: what was surely meant.
 */
export type Form = { url: URL | null; reason: Reason | null; mended: string | null }
export type Reason = 'space' | 'scheme-missing' | 'scheme' | 'character' | 'path' | 'query' | 'word'

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i
const HOST =
  /^(?:(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)+[a-z]{2,}|\d{1,3}(?:\.\d{1,3}){3}|localhost)(?::\d{1,5})?(?:\/\S*)?$/i

/** What is longer nobody has typed. */
const LONGEST = 2000

/** Judges an address as its tool reads it. */
export function formOf(target: TargetId, text: string): Form {
  const taken = target === 'go' && !SCHEME.test(text) && HOST.test(text) ? `https://${text}` : text
  const reason = reasonOf(target, taken)
  if (reason === null) return { url: new URL(taken), reason, mended: null }
  return { url: null, reason, mended: text.length > LONGEST ? null : mend(target, text) }
}

function reasonOf(target: TargetId, text: string): Reason | null {
  if (/\s/.test(text)) return 'space'
  if (/["'`\\<>^{}|，、；。：“”‘’]/.test(text)) return 'character'
  if (!SCHEME.test(text)) return HOST.test(text) ? 'scheme-missing' : 'word'
  if (!URL.canParse(text)) return 'character'
  const url = new URL(text)
  if (!/^https?:$/.test(url.protocol)) return 'scheme'
  if (url.hostname === '') return 'word'
  // moby registry/config.go `ValidateMirror`: older engines do not start with it.
  if (target === 'docker' && (url.search !== '' || url.hash !== '')) return 'query'
  return null
}

/** What an address surely means: without spaces and quotes, with https:// in front; null where it is not sure. */
function mend(target: TargetId, text: string): string | null {
  const bare = text
    .replaceAll('：', ':')
    .replace(/^[\s"'`“”‘’<]+|[\s"'`“”‘’>，、；。,;]+$/g, '')
    .replace(/^(https?)(?::\/(?=[^/])|:(?=[^/])|\/\/|;\/\/)/i, '$1://')
    .replace(/^(?:htp|htps|http|https|htttps?|hxxps?):\/\//i, (found) => (/^http:/i.test(found) ? found : 'https://'))
  const address = SCHEME.test(bare) ? bare : HOST.test(bare) ? `https://${bare}` : bare
  if (checkUrl(address) !== null || reasonOf(target, address) !== null) return null
  return address === text ? null : address
}
