import { redact } from '../core/redact.ts'
import { type Adapter, type MirrorHttp, OutError } from './race/adapter.ts'

export type ProbeResult = { url: string; ok: boolean; ms: number; cause: string | null }

/** Asks one address whether it serves what its target needs. `ms` counts until it has said so. Throws only for an aborted signal. */
export async function probe(
  adapter: Adapter,
  url: string,
  http: MirrorHttp,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const started = performance.now()
  const answer = (cause: string | null): ProbeResult => ({
    url,
    ok: cause === null,
    ms: Math.round(performance.now() - started),
    cause,
  })
  const shown = redact(url)
  try {
    const candidate = { id: shown, url, name: { zh: shown, en: shown }, official: false, own: true }
    await adapter.check(candidate, http, signal)
    return answer(null)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof OutError) return answer(error.message)
    throw error
  }
}
