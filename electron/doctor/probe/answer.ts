import { isPage } from '../../mirrors/http/errors.ts'
import type { Answer, MirrorHttp } from '../../mirrors/race/adapter.ts'
import type { Broken } from './probe.ts'

/** What came of a request: the last answer after all redirects, or why there is none. */
export type Got = { answer: Answer; hops: readonly string[] } | { broken: Omit<Broken, 'rung'> }

const MOST_HOPS = 10
const MOST_BYTES = 64 * 1024

type Ask = { headers?: Readonly<Record<string, string>>; timeout: number }

/** Asks and follows redirects as the tools do. Throws what `http.ask` throws. */
export async function askAlong(http: MirrorHttp, url: string, ask: Ask, signal: AbortSignal): Promise<Got> {
  const hops: string[] = []
  const end = performance.now() + ask.timeout
  for (let target = url; ; ) {
    const left = Math.max(1, end - performance.now())
    const answer = await http.ask(target, { ...ask, timeout: left, follow: false, maxBytes: MOST_BYTES }, signal)
    const next = redirectOf(answer, target)
    if (next === null) return { answer, hops }
    if (hops.includes(next) || next === target || hops.length === MOST_HOPS)
      return { broken: { reason: 'redirect-loop', values: { hops: hops.length + 1 }, evidence: [...hops, next] } }
    hops.push(next)
    target = next
  }
}

function redirectOf({ status, headers }: Answer, from: string): string | null {
  const { location } = headers
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return null
  const next = URL.canParse(location, from) ? new URL(location, from) : null
  return next !== null && /^https?:$/.test(next.protocol) ? next.href : null
}

/** Why a status alone breaks the way; null where the content has to tell. `first`: the host that was meant. */
export function statusBroken(answer: Answer, first: URL): Omit<Broken, 'rung'> | null {
  const { status, headers } = answer
  const evidence = [`HTTP ${status} ${answer.url}`]
  const values = { status }
  // RFC 6585: the network itself wants a log-in.
  if (status === 511) return portal(answer, first)
  if (status === 407) return { reason: 'proxy-auth', values: { proxy: answer.via ?? '', status }, evidence }
  if (status === 401) return { reason: 'http-401', values, evidence }
  if (status === 403 || status === 451) return { reason: 'http-403', values, evidence }
  if (status === 429)
    return {
      reason: 'http-429',
      values: { status, after: headers['retry-after'] ?? '–' },
      evidence: [...evidence, `Retry-After: ${headers['retry-after'] ?? ''}`],
    }
  if (status >= 500) {
    if (answer.via !== null && first.protocol === 'http:' && isProxysOwn(answer))
      return { reason: 'proxy-refuses', values: { proxy: answer.via, status }, evidence }
    return { reason: 'http-5xx', values, evidence }
  }
  return null
}

/** A page for people in place of what was asked: a network that wants a log-in. */
export function portal({ url, status }: Answer, first: URL): Omit<Broken, 'rung'> {
  const at = URL.canParse(url) ? new URL(url).host : first.host
  return {
    reason: 'portal',
    values: { page: at, elsewhere: at === first.host ? 0 : 1 },
    evidence: [`HTTP ${status} ${url}: HTML`],
  }
}

/** A proxy's own page about a server that it cannot reach says so in its headers (Squid, tinyproxy, privoxy). */
const isProxysOwn = ({ headers }: Answer): boolean =>
  Object.keys(headers).some((name) => /^(x-squid-error|proxy-|x-cache-lookup$)/.test(name)) ||
  /squid|tinyproxy|privoxy|mitmproxy|polipo/i.test(headers.server ?? '')

/** Whether an answer leads to another host, with a page for people there. */
export function isElsewherePage(answer: Answer, first: URL): boolean {
  return URL.canParse(answer.url) && new URL(answer.url).host !== first.host && isPage(answer)
}
