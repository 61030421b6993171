import type { RegistryFetch } from '../docker/registry.ts'
import type { MirrorClient } from '../mirrors/http/client.ts'

/** Bytes of the longest answer; `openRegistry` refuses what is longer than its own bound. */
const MAX_BODY = 17 * 1024 * 1024
/** Milliseconds; `openRegistry` has a limit of its own on each request. */
const LONGEST = 60_000

/** A registry is asked by the races' own client: the system's proxies and the machine's authorities count there, too. */
export function registryFetch(open: (timeout: number) => Promise<MirrorClient>): RegistryFetch {
  return async (url, { headers, signal }) => {
    const http = await open(LONGEST)
    try {
      const { status, headers: said, body } = await http.ask(url.href, { headers, maxBytes: MAX_BODY }, signal)
      // Statuses without a body take none, not even an empty one.
      const empty = status === 204 || status === 205 || status === 304
      return new Response(empty ? null : Uint8Array.from(body), { status, headers: said })
    } finally {
      http.close()
    }
  }
}
