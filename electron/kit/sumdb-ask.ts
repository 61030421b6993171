import { splitGoProxy } from '../contract/grammar.ts'
import type { MirrorHttp } from '../mirrors/race/adapter.ts'
import { joinUrl } from '../mirrors/targets/answers.ts'
import { readSumdb } from '../mirrors/trust/sumdb.ts'
import type { GoSource } from './go-download.ts'
import type { AskSumdb } from './sumdb-files.ts'

/** Milliseconds for one tile, of 8 KB. */
const TIMEOUT = 20_000

/** Asks for files of the checksum database as `go` does: through a proxy that passes it on, else at its own address. */
export function askSumdb({ proxy, sumdb }: GoSource, http: MirrorHttp, signal: AbortSignal): AskSumdb {
  const database = readSumdb(sumdb)
  const proxies = splitGoProxy(proxy).flatMap(({ value }) => (/^https?:\/\//.test(value) ? [value] : []))
  const carried =
    database === null || database.direct ? [] : proxies.map((one) => joinUrl(one, `sumdb/${database.name}`))
  const bases = database === null ? [] : [...carried, database.url]
  let last: string | null = null
  return async (path) => {
    for (const base of last === null ? bases : [last, ...bases.filter((one) => one !== last)]) {
      try {
        const answer = await http.ask(joinUrl(base, path), { maxBytes: 64 * 1024, timeout: TIMEOUT }, signal)
        if (answer.status !== 200 || !answer.complete) continue
        last = base
        return answer.body
      } catch {
        signal.throwIfAborted()
      }
    }
    return null
  }
}
