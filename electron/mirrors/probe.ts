import { causeText } from '../core/errors.ts'

export type ProbeTarget = 'go' | 'docker'
export type ProbeResult = { url: string; ok: boolean; ms: number; cause: string | null }

/** A small module that every Go proxy holds; its list is a few bytes. */
const GO_PROBE = 'github.com/pkg/errors/@v/list'
const MAX_BODY = 64 * 1024

/**
 * Asks one mirror for something small and looks at the body as well: a portal's HTML with status 200 is
 * common. `ms` counts until the whole answer. Never throws but for an aborted signal.
 */
export async function probe(
  target: ProbeTarget,
  url: string,
  timeout: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const started = performance.now()
  const answer = (ok: boolean, cause: string | null): ProbeResult => ({
    url,
    ok,
    ms: Math.round(performance.now() - started),
    cause,
  })
  try {
    const { address, headers } = withoutCredentials(url)
    const response = await fetch(`${address.replace(/\/+$/, '')}/${target === 'go' ? GO_PROBE : 'v2/'}`, {
      redirect: 'follow',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      headers: { ...headers, 'user-agent': 'GoReady' },
    })
    const body = await readBounded(response)
    const cause = target === 'go' ? judgeGo(response, body) : judgeDocker(response)
    return answer(cause === null, cause)
  } catch (error) {
    signal.throwIfAborted()
    return answer(false, fetchCause(error))
  }
}

/** `fetch` refuses an address with a name and a password in it; `go` sends them, and so do we. */
function withoutCredentials(text: string): { address: string; headers: Record<string, string> } {
  const url = new URL(text)
  if (url.username === '' && url.password === '') return { address: text, headers: {} }
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  url.username = ''
  url.password = ''
  return { address: url.href, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

/** All at once; the answers come in the order of the addresses. */
export const probeAll = (
  target: ProbeTarget,
  urls: readonly string[],
  timeout: number,
  signal: AbortSignal,
): Promise<ProbeResult[]> => Promise.all(urls.map((url) => probe(target, url, timeout, signal)))

function judgeGo(response: Response, body: string): string | null {
  if (response.status !== 200) return `HTTP ${response.status}`
  const lines = body.trim().split('\n')
  return lines.every((line) => /^v\d+\.\d+\.\d+\S*$/.test(line.trim())) ? null : 'not a Go module proxy'
}

function judgeDocker(response: Response): string | null {
  if (response.status !== 200 && response.status !== 401) return `HTTP ${response.status}`
  const named = response.headers.get('docker-distribution-api-version') !== null
  const asks = /^bearer /i.test(response.headers.get('www-authenticate') ?? '')
  return named || asks ? null : 'not a Docker registry'
}

async function readBounded(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > MAX_BODY) {
      await response.body?.cancel().catch(() => {})
      break
    }
  }
  return text
}

/** `fetch` keeps the network's own code in `cause.code`. */
export function fetchCause(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'timeout'
  if (error instanceof Error && error.cause instanceof Error) return fetchCause(error.cause)
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return causeText(error)
}
