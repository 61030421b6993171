import { setMaxListeners } from 'node:events'
import type { OutReason, RaceResult, TargetId } from '../contract/mirror.ts'
import type { Note } from '../contract/note.ts'
import { splitGoProxy } from '../contract/grammar.ts'
import { CodedError } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import type { MirrorClient } from './http/client.ts'
import { type Adapter, type Candidate, type Check, OutError } from './race/adapter.ts'
import { sameUrl } from './candidates.ts'

export type Settled = { chosen: readonly string[]; note: Note }

export type SettleParts = {
  adapter: Adapter
  candidates: readonly Candidate[]
  /** A client for one settling; its requests end after the profile's own time. Closed here. */
  open(): MirrorClient
  /** Runs the race, or answers one that was just run. */
  race(signal: AbortSignal): Promise<RaceResult>
}

/** How many others what is set now is compared with. */
const OTHERS = 3

/**
 * Settles `auto`: what is set now stays as long as its checks pass beside a few others; else the race decides.
 * Reachability and content decide, never locale or address. `chosen` is empty for the tool's own default.
 * Throws `source-unreachable` {target} when nobody is left, with the reason of each.
 */
export async function settleAuto(
  parts: SettleParts,
  current: readonly string[],
  signal: AbortSignal,
): Promise<Settled> {
  const { target } = parts.adapter
  const stands = current.length === 0 ? null : await whatStands(parts, current, signal)
  if (stands !== null) return { chosen: current, note: note(target, 'kept', stands.url, { ms: stands.ms }) }
  const result = await parts.race(signal)
  const ranked = result.entries.filter(({ state }) => state === 'ranked')
  const url = result.chosen[0] ?? ranked.find(({ official }) => official)?.url
  if (url === undefined || ranked.length === 0) {
    const tried = result.entries.map((entry) => `${entry.url}: ${entry.reason ?? ''} ${entry.cause ?? ''}`.trim())
    throw new CodedError('source-unreachable', { target }, tried.join('\n'))
  }
  const why = result.chosen.length === 0 ? 'official' : 'fastest'
  return { chosen: result.chosen, note: note(target, why, url, { ms: result.ms, of: ranked.length }) }
}

const note = (target: TargetId, why: string, url: string, values: Record<string, number>): Note => ({
  key: `plan:auto.${why}`,
  values: { target, url: redact(url), ...values },
})

/** `anyError`: the next one is asked whatever goes wrong here, not only where something is missing. */
type Link = { url: string; anyError: boolean }
type Outcome = { ms: number; check: Check | null; reason: OutReason | null }

/** The address that the tool gets its answers from with what is set now; null where it gets none that is right. */
async function whatStands(
  { adapter, candidates, open }: SettleParts,
  current: readonly string[],
  signal: AbortSignal,
): Promise<{ url: string; ms: number } | null> {
  const chains = current.map((value) => (adapter.target === 'go' ? goChain(value) : [{ url: value, anyError: true }]))
  const set = [...new Set(chains.flat().map(({ url }) => url))].map((url) => known(url, candidates))
  const others = candidates.filter(({ url }) => !set.some((one) => sameUrl(one.url, url))).slice(0, OTHERS)
  const asked = [...set, ...others]
  const http = open()
  const inner = new AbortController()
  setMaxListeners(0, inner.signal)
  const abort = (): void => inner.abort(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    signal.throwIfAborted()
    const outcomes = await Promise.all(asked.map((one) => outcomeOf(adapter, one, http, inner.signal)))
    const checks = new Map(asked.flatMap(({ id }, at) => checkOf(id, outcomes[at])))
    const { out } = await adapter.judge(
      checks,
      asked.filter(({ id }) => checks.has(id)),
      http,
      inner.signal,
    )
    for (const [at, { id }] of asked.entries()) {
      const [verdict, outcome] = [out.get(id), outcomes[at]]
      if (verdict !== undefined && outcome !== undefined)
        Object.assign(outcome, { check: null, reason: verdict.reason })
    }
    const of = (url: string): Outcome | undefined => outcomes[asked.findIndex((one) => one.url === url)]
    return chains.map((chain) => firstOf(chain, of)).find((found) => found !== null) ?? null
  } finally {
    signal.removeEventListener('abort', abort)
    http.close()
  }
}

/** What is set now may be one of the catalogue, or a place of the person's own. */
function known(url: string, candidates: readonly Candidate[]): Candidate {
  const found = candidates.find((one) => sameUrl(one.url, url))
  const shown = redact(url)
  return found === undefined
    ? { id: `set:${shown}`, url, name: { zh: shown, en: shown }, official: false, own: true }
    : { ...found, url }
}

async function outcomeOf(
  adapter: Adapter,
  candidate: Candidate,
  http: MirrorClient,
  signal: AbortSignal,
): Promise<Outcome> {
  const started = performance.now()
  const ms = (): number => Math.round(performance.now() - started)
  try {
    const check = await adapter.check(candidate, http, signal)
    return { ms: ms(), check, reason: null }
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof OutError) return { ms: ms(), check: null, reason: error.reason }
    throw error
  }
}

const checkOf = (id: string, outcome: Outcome | undefined): [string, Check][] =>
  outcome?.check ? [[id, outcome.check]] : []

/** The addresses in a GOPROXY value that can be asked; file:// and the words are not. `go` adds a missing https://. */
const goChain = (value: string): readonly Link[] =>
  splitGoProxy(value).flatMap((entry) => {
    const bare = !/^[a-z][a-z0-9+.-]*:\/\//i.test(entry.value) && /[.:/]/.test(entry.value)
    const url = bare ? `https://${entry.value}` : entry.value
    return /^https?:\/\//i.test(url) ? [{ url, anyError: entry.separator === '|' }] : []
  })

/** The answer that `go` would get out of a chain, if it got to one: a comma goes on after 404 and 410 alone. */
function firstOf(
  chain: readonly Link[],
  outcomeOf: (url: string) => Outcome | undefined,
): { url: string; ms: number } | null {
  for (const { url, anyError } of chain) {
    const outcome = outcomeOf(url)
    if (outcome?.check) return { url, ms: outcome.ms }
    if (!anyError && outcome?.reason !== 'not-found') return null
  }
  return null
}
