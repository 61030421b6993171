import { checkUrl } from '../contract/grammar.ts'
import { type ProbeResult, type ProbeTarget, probe } from '../mirrors/probe.ts'

/** Milliseconds for one address. */
const TIMEOUT = 4000

/** Asks all addresses at once, in their order; one against the grammar of addresses is answered without asking. */
export function probeNamed(target: ProbeTarget, urls: readonly string[], signal: AbortSignal): Promise<ProbeResult[]> {
  return Promise.all(
    urls.map(async (url) => {
      const reason = checkUrl(url)
      return reason === null ? probe(target, url, TIMEOUT, signal) : { url, ok: false, ms: 0, cause: reason }
    }),
  )
}
