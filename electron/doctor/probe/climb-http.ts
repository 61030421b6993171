import { causeText } from '../../core/errors.ts'
import { joinUrl } from '../../mirrors/targets/answers.ts'
import { isOn } from '../../mirrors/ended.ts'
import { type Answer, OutError } from '../../mirrors/race/adapter.ts'
import { askAlong, isElsewherePage, portal, statusBroken } from './answer.ts'
import type { Means } from './climb.ts'
import { type Wanted, wantedOf } from './content.ts'
import type { Fault, Ladder } from './ladder.ts'
import type { Endpoint, Probe } from './probe.ts'
import { proxyFault } from './proxy-fault.ts'

/** A gateway that has hiccups is asked once more. */
const AGAIN = 300

/** The last two rungs: what the server answers, and whether that is what the tool would ask for. */
export async function climbHttp(
  endpoint: Endpoint,
  url: URL,
  ladder: Ladder,
  means: Means,
  signal: AbortSignal,
): Promise<Probe['clock']> {
  const wanted = wantedOf(endpoint, means.mirrors)
  const base = url.href.replace(/[?#].*$/, '')
  const { headers = {}, path = '' } = wanted ?? {}
  const patience = means.patience()
  const ask = async (of: string) => askAlong(means.client, joinUrl(base, of), { headers, timeout: patience }, signal)
  try {
    const started = performance.now()
    let got = await ask(path)
    if ('answer' in got && got.answer.status >= 500 && got.answer.status !== 511) {
      await new Promise((resolve) => setTimeout(resolve, AGAIN))
      got = await ask(path)
    }
    if ('broken' in got) {
      ladder.break('http', got.broken)
      return null
    }
    const { answer } = got
    const clock = clockOf(answer, means.now())
    const broken = httpFault(endpoint, answer, url)
    if (broken === 'login') {
      ladder.ok('http', `HTTP ${answer.status}`)
      ladder.skip('content')
      return clock
    }
    if (broken !== null) {
      ladder.break(broken.reason === 'proxy-auth' || broken.reason === 'proxy-refuses' ? 'proxy' : 'http', broken)
      return clock
    }
    ladder.ok('http', `HTTP ${answer.status} (${Math.round(performance.now() - started)} ms)`)
    if (wanted === null) ladder.skip('content')
    else await climbContent(endpoint, url, wanted, answer, ladder, means, ask)
    return clock
  } catch (error) {
    signal.throwIfAborted()
    breakBy(error, url, ladder, patience)
    return null
  }
}

type AskFor = (path: string) => ReturnType<typeof askAlong>

/** Why an answer is none for a tool, whatever was asked. `login`: the tool has a password for it, and we send none. */
function httpFault(endpoint: Endpoint, answer: Answer, url: URL): Fault | 'login' | null {
  const { status, headers } = answer
  if (endpoint.target === 'docker' && status === 401 && 'www-authenticate' in headers) return null
  // Whoever is asked for a scope alone may want a log-in for everything, and hold no start page.
  if (endpoint.role === 'scope' && [401, 403, 404].includes(status)) return null
  if (endpoint.login && (status === 401 || status === 403 || status === 404)) return 'login'
  const broken = statusBroken(answer, url)
  if (broken !== null) return broken
  return endpoint.role !== 'scope' && status < 300 && isElsewherePage(answer, url) && endpoint.target !== 'pip'
    ? portal(answer, url)
    : null
}

async function climbContent(
  endpoint: Endpoint,
  url: URL,
  wanted: Wanted,
  first: Answer,
  ladder: Ladder,
  means: Means,
  ask: AskFor,
): Promise<void> {
  if (first.status === 401) return ladder.ok('content', 'Bearer')
  if (first.status === 404 || first.status === 410)
    return climbMissing(endpoint, url, wanted, first, ladder, means, ask)
  judge(endpoint, url, wanted, first, ladder)
}

function judge(endpoint: Endpoint, url: URL, wanted: Wanted, answer: Answer, ladder: Ladder): void {
  const verdict = answer.status < 300 ? wanted.judge(answer) : 'wrong'
  if (verdict === 'good') return ladder.ok('content', wanted.path)
  // An index of Python packages is a page itself: another one in its place is a log-in where it comes from elsewhere.
  if (verdict === 'page') return ladder.break('http', portal(answer, url))
  const start = new TextDecoder().decode(answer.body.subarray(0, 80)).replace(/\s+/g, ' ')
  const evidence = [`HTTP ${answer.status} ${answer.headers['content-type'] ?? ''}: ${start}`]
  ladder.break('content', { reason: 'content', values: { status: answer.status, target: endpoint.target }, evidence })
}

/**
 * What was asked for is not there. A private server holds what it holds, so that alone is no fault: it is one where
 * the catalogue knows the host and another path on it, or where no answer is of the kind that such a server gives.
 */
async function climbMissing(
  endpoint: Endpoint,
  url: URL,
  wanted: Wanted,
  first: Answer,
  ladder: Ladder,
  means: Means,
  ask: AskFor,
): Promise<void> {
  const { target } = endpoint
  const known = means.mirrors.mirrors.filter(
    (one) => one.target === target && URL.canParse(one.url) && new URL(one.url).host === url.host,
  )
  const misplaced = known.length > 0 && !known.some((one) => isOn(one, url.href))
  if (!misplaced && wanted.denies(first)) return ladder.ok('content', `HTTP ${first.status}`)
  const passesOn = endpoint.turn.passes !== 'never' || endpoint.turn.beyond
  if (!misplaced && target === 'go' && passesOn) return ladder.ok('content', `HTTP ${first.status}`)
  for (const path of misplaced ? [] : wanted.more) {
    const got = await ask(path)
    if ('answer' in got && got.answer.status < 300) return judge(endpoint, url, wanted, got.answer, ladder)
    if ('answer' in got && wanted.denies(got.answer)) return ladder.ok('content', `HTTP ${got.answer.status}`)
  }
  const right = misplaced ? (known[0]?.url ?? '') : ''
  const evidence = [`HTTP ${first.status} ${first.url}`, ...(right === '' ? [] : [`${known[0]?.id}: ${right}`])]
  ladder.break('http', { reason: 'http-404', values: { status: first.status, right }, evidence })
}

function breakBy(error: unknown, url: URL, ladder: Ladder, patience: number): void {
  const text = causeText(error)
  const values = { peer: url.host, host: url.hostname, seconds: Math.floor(patience / 1000) }
  const reason = error instanceof OutError ? error.reason : 'cut'
  if (reason === 'timeout') return ladder.break('http', { reason: 'slow', values, evidence: [text] })
  if (reason === 'proxy') return ladder.break('proxy', proxyFault(error, url, ''))
  if (reason === 'redirects')
    return ladder.break('http', { reason: 'redirect-loop', values: { ...values, hops: 1 }, evidence: [text] })
  if (reason === 'certificate') return ladder.break('tls', { reason: 'certificate', values, evidence: [text] })
  if (reason === 'tls') return ladder.break('tls', { reason: 'tls-handshake', values, evidence: [text] })
  if (reason === 'cut') return ladder.break('http', { reason: 'reset', values, evidence: [text] })
  if (reason === 'not-artefact')
    return ladder.break('content', { reason: 'content', values: { ...values, status: 0 }, evidence: [text] })
  ladder.break('http', { reason: 'filtered', values, evidence: [text] })
}

function clockOf({ headers }: Answer, ours: number): Probe['clock'] {
  const made = Date.parse(headers['date'] ?? '')
  // A cache tells when the answer was made, and how long ago that was (RFC 9111).
  const seconds = /^\d{1,9}$/.exec(headers['age'] ?? '')?.[0] ?? '0'
  return Number.isNaN(made) ? null : { theirs: made + Number(seconds) * 1000, ours }
}
