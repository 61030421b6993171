import { checkUrl } from '../contract/grammar.ts'
import type { MirrorHttp, Adapter } from '../mirrors/race/adapter.ts'
import { type ProbeResult, probe } from '../mirrors/probe.ts'

/** Asks all addresses at once, in their order; one against the grammar of addresses is answered without asking. */
export function probeNamed(
  adapter: Adapter,
  urls: readonly string[],
  http: MirrorHttp,
  signal: AbortSignal,
): Promise<ProbeResult[]> {
  return Promise.all(
    urls.map(async (url) => {
      const reason = checkUrl(url)
      return reason === null ? probe(adapter, url, http, signal) : { url, ok: false, ms: 0, cause: reason }
    }),
  )
}
