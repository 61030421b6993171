import { causeText } from '../core/errors.ts'

/** One POST that follows no redirect and ends with the signal. Throws where nobody answered. */
export type Post = (
  url: string,
  body: string,
  signal: AbortSignal,
) => Promise<{ status: number; headers: Readonly<Record<string, string>>; body: string }>

/** Milliseconds for everything together: a collector that is dead must cost a run no more than this. */
export const EXPORT_LIMIT = 2000
/** Milliseconds before the first further try where the collector names no time. */
const PAUSE = 200
/** OTLP specification, "Retryable Response Codes". */
const RETRIED: readonly number[] = [429, 502, 503, 504]

export type Sending = {
  /** The collector's base address; `/v1/traces` and `/v1/metrics` come behind it. */
  url: string
  post: Post
  /** Milliseconds for all tries together; never more than `EXPORT_LIMIT`. */
  limit?: number
  /** 0..1: tries of a whole room must not come in step. */
  random?: () => number
}

/** Why something was not taken: a status, or the network's own words. */
export type Unsent = { host: string; reason: string }

/**
 * Sends both parts side by side and answers why one was not taken; null: all was. Never throws and never takes longer
 * than its limit.
 */
export async function exportAll(
  parts: Readonly<Record<'traces' | 'metrics', unknown>>,
  sending: Sending,
): Promise<Unsent | null> {
  const limit = Math.min(sending.limit ?? EXPORT_LIMIT, EXPORT_LIMIT)
  const stop = new AbortController()
  const late = new Error(`no answer within ${limit} ms`)
  const timer = setTimeout(() => stop.abort(late), limit)
  const until = performance.now() + limit
  try {
    const base = sending.url.replace(/\/+$/, '')
    const reasons = await Promise.all(
      Object.entries(parts).map(([name, part]) =>
        withTries(`${base}/v1/${name}`, JSON.stringify(part), sending, until, stop.signal),
      ),
    )
    const reason = reasons.find((one) => one !== null)
    return reason === undefined ? null : { host: new URL(sending.url).host, reason }
  } finally {
    clearTimeout(timer)
  }
}

/** Answers why it was not taken. What does not listen to the signal is not waited for. */
async function withTries(
  url: string,
  body: string,
  { post, random = Math.random }: Sending,
  until: number,
  signal: AbortSignal,
): Promise<string | null> {
  const ended = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await Promise.race([post(url, body, signal), ended])
      if (answer.status >= 200 && answer.status < 300) return rejected(answer.body)
      const wait = pauseOf(answer.headers['retry-after'], attempt, random)
      if (!RETRIED.includes(answer.status) || performance.now() + wait >= until) return `HTTP ${answer.status}`
      await Promise.race([new Promise((resolve) => setTimeout(resolve, wait)), ended])
    } catch (error) {
      return causeText(error)
    }
  }
}

/** Retry-After in seconds or as a date (RFC 9110); else ever longer, with chance. */
function pauseOf(after: string | undefined, attempt: number, random: () => number): number {
  if (after !== undefined) {
    const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now()
    if (Number.isFinite(ms)) return Math.max(0, ms)
  }
  return PAUSE * 2 ** attempt * (0.5 + random() / 2)
}

/** A collector may take a part and say what it did not (OTLP specification, "Partial Success"). */
function rejected(body: string): string | null {
  const count = /"rejected(?:Spans|DataPoints)"\s*:\s*"?(\d+)/.exec(body)?.[1] ?? '0'
  return Number(count) > 0 ? `${count} rejected` : null
}
