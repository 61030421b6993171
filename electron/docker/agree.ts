import type { ImageName } from '../contract/grammar.ts'
import { causeText, CodedError } from '../core/errors.ts'
import { waitFor } from '../core/patience.ts'
import { HUB, openRegistry } from './registry.ts'

/** What one source says a tag is. `digest` null: it gave none, `cause` says why. */
export type Said = { url: string; digest: string | null; cause: string | null }

/**
 * What is believed. `by`: `official` (Docker Hub itself said so), `majority` (more sources than for anything
 * else), `alone` (nobody else could be asked, so nothing was compared).
 */
export type Agreement = { digest: string; by: 'official' | 'majority' | 'alone'; said: readonly Said[] }

/**
 * Asks several registries what a tag is and settles which content to take: Docker Hub is believed where it
 * answers, else what most of them say. Only the manifest is read.
 * Errors: `sources-disagree` {image, table} when no side has more voices; the first source's own error when
 * nobody answers; `cancelled`.
 */
export async function agreeOnDigest(
  name: ImageName,
  urls: readonly string[],
  signal: AbortSignal,
  timeout = waitFor('agree'),
  /** Asks for a source that only somebody else can reach, e.g. the engine with its certificates. */
  instead: (url: string) => Promise<string | null> = async () => null,
): Promise<Agreement> {
  const image = `${name.repository}:${name.tag}`
  const errors = new Map<string, CodedError>()
  const own = await askDigests(name, urls, signal, timeout, (url, error) => errors.set(url, error))
  const said = await Promise.all(own.map(async (one) => ({ ...one, digest: one.digest ?? (await instead(one.url)) })))
  const official = said.find(({ url, digest }) => isHub(url) && digest !== null)
  if (official?.digest) return { digest: official.digest, by: 'official', said }
  const votes = new Map<string, number>()
  for (const { digest } of said) if (digest !== null) votes.set(digest, (votes.get(digest) ?? 0) + 1)
  const [first, second] = [...votes].toSorted(([, a], [, b]) => b - a)
  if (first === undefined)
    throw errors.get(urls[0] ?? '') ?? new CodedError('registry-unreachable', { registry: urls.join(', ') })
  if (second?.[1] === first[1]) throw new CodedError('sources-disagree', { image }, table(said))
  return { digest: first[0], by: first[1] > 1 ? 'majority' : 'alone', said }
}

/** Asks each registry for the digest of a tag, all at once. Throws only when the signal aborts. */
export function askDigests(
  name: ImageName,
  urls: readonly string[],
  signal: AbortSignal,
  timeout: number,
  onError: (url: string, error: CodedError) => void = () => {},
): Promise<Said[]> {
  return Promise.all(
    urls.map(async (url): Promise<Said> => {
      try {
        const digest = await openRegistry(name.repository, { url, signal, timeout }).digest(name.digest ?? name.tag)
        return { url, digest, cause: null }
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof CodedError) onError(url, error)
        return { url, digest: null, cause: shortCause(error) }
      }
    }),
  )
}

export const isHub = (url: string): boolean => new URL(url).origin === new URL(HUB).origin

/** A line a source: its address and what it says, for the details of a message. */
export const table = (said: readonly Said[]): string =>
  said.map(({ url, digest, cause }) => `${url}  ${digest ?? cause ?? '-'}`).join('\n')

function shortCause(error: unknown): string {
  if (!(error instanceof CodedError)) return causeText(error)
  const cause = error.cause === undefined ? '' : `: ${causeText(error.cause)}`
  return `${error.code}${cause}`.slice(0, 200)
}
