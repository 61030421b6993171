import type { Note } from '../contract/note.ts'
import { splitGoProxy } from '../contract/grammar.ts'
import { CodedError } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import type { MirrorCatalogue } from './catalogue.ts'
import { type ProbeResult, type ProbeTarget, probeAll } from './probe.ts'

export type Settled = { chosen: readonly string[]; note: Note }

/** How many of the fastest go into a chain: a second one survives the first one's bad day. */
const CHAIN = 2

/**
 * Settles `auto`: what is set now stays as long as it answers; else the tool's own default where it is
 * reachable; else the fastest of the catalogue. Reachability decides, never locale or address.
 * `chosen` is empty for the tool's own default. Throws `source-unreachable` {target} when nothing answers.
 */
export async function settleAuto(
  target: ProbeTarget,
  current: readonly string[],
  catalogue: MirrorCatalogue,
  timeout: number,
  signal: AbortSignal,
): Promise<Settled> {
  const known = catalogue.mirrors.filter((mirror) => mirror.target === target && mirror.status !== 'dead')
  const upstream = known.filter((mirror) => mirror.status === 'upstream').map((mirror) => mirror.url)
  const mirrors = known.filter((mirror) => mirror.status === 'alive').map((mirror) => mirror.url)
  const chains = current.map((value) => (target === 'go' ? goChain(value) : [{ url: value, anyError: true }]))
  const addresses = chains.flat().map(({ url }) => url)
  const results = await probeAll(target, [...new Set([...addresses, ...upstream, ...mirrors])], timeout, signal)
  const answerOf = (url: string): ProbeResult | undefined => results.find((result) => result.url === url)
  const answered = (url: string): ProbeResult | undefined => results.find((result) => result.url === url && result.ok)

  const kept = chains.map((chain) => firstOf(chain, answerOf)).find((result) => result !== undefined)
  if (kept) return { chosen: current, note: note(target, 'kept', kept.url, kept.ms) }
  const official = upstream.map(answered).find((result) => result !== undefined)
  if (official) return { chosen: [], note: note(target, 'official', official.url, official.ms) }
  const fastest = mirrors.flatMap((url) => answered(url) ?? []).toSorted((a, b) => a.ms - b.ms)
  const [first] = fastest
  if (!first) {
    const tried = results.map((result) => `${redact(result.url)}: ${result.cause ?? ''}`).join('\n')
    throw new CodedError('source-unreachable', { target }, tried)
  }
  return {
    chosen: fastest.slice(0, CHAIN).map((result) => result.url),
    note: note(target, 'fastest', first.url, first.ms),
  }
}

const note = (target: ProbeTarget, why: 'kept' | 'official' | 'fastest', url: string, ms: number): Note => ({
  key: `plan:auto.${why}`,
  values: { target, url: redact(url), ms },
})

/** `anyError`: the next one is asked whatever goes wrong here, not only where a module is missing. */
type Link = { url: string; anyError: boolean }

/** The addresses in a GOPROXY value that can be asked; file:// and the words are not. `go` adds a missing https://. */
const goChain = (value: string): readonly Link[] =>
  splitGoProxy(value).flatMap((entry) => {
    const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(entry.value) && /[.:/]/.test(entry.value)
    const url = bare ? `https://${entry.value}` : entry.value
    return /^https?:\/\//i.test(url) ? [{ url, anyError: entry.separator === '|' }] : []
  })

/** The answer that `go` would get out of a chain, if it got to one: a comma goes on after 404 and 410 alone. */
function firstOf(chain: readonly Link[], answerOf: (url: string) => ProbeResult | undefined): ProbeResult | undefined {
  for (const { url, anyError } of chain) {
    const answer = answerOf(url)
    if (answer?.ok) return answer
    if (!anyError && !/^HTTP (404|410)$/.test(answer?.cause ?? '')) return undefined
  }
  return undefined
}
