import type { ImageFacts } from '../contract/image.ts'
import type { Receipt } from '../contract/run.ts'
import { NO_POLICY, type Policy, waitFor } from '../core/patience.ts'
import { askDigests, isHub, type Said } from './agree.ts'
import type { DirectPull } from './direct.ts'
import { readImage } from './reference.ts'
import { HUB } from './registry.ts'

const MOST_MIRRORS = 3

/** The receipt of an image that was there already, or that no mirror could have served. */
export const plainReceipt = (facts: ImageFacts, mirrors: readonly string[]): Receipt => ({
  reference: facts.reference,
  digest: facts.digest,
  mirrors: [...mirrors],
  pulled: facts.pulled,
  served: null,
  second: null,
})

/** The receipt of a pull by a mirror's own name: the engine was told to ask that one and no other. */
export function directReceipt({ facts, endpoint, agreement }: DirectPull, mirrors: readonly string[]): Receipt {
  const other = witness(agreement.said, endpoint)
  return {
    ...plainReceipt(facts, mirrors),
    served: { how: 'direct', endpoint, proved: true },
    second: other === null ? null : { ...other, agrees: other.digest === facts.digest },
  }
}

/**
 * The receipt of a pull through the engine's own mirrors. An engine does not say which of them served it
 * (moby distribution/pull_v2.go tries them in order and falls through to Docker Hub), so they are asked
 * afterwards: the first that serves this very digest is named, as likely and not as proved. Never throws but
 * for an aborted signal.
 */
export async function engineReceipt(
  facts: ImageFacts,
  mirrors: readonly string[],
  signal: AbortSignal,
  witnesses: readonly string[] = [],
  policy: Policy = NO_POLICY,
): Promise<Receipt> {
  const plain = plainReceipt(facts, mirrors)
  const name = readImage(facts.reference)
  if (!facts.pulled || facts.digest === null || name.registry !== 'docker.io' || name.tag === '') return plain
  const asked = mirrors.slice(0, MOST_MIRRORS).map((url) => url.replace(/\/$/, ''))
  const others = witnesses.filter((url) => !asked.includes(url)).slice(0, 1)
  const said = await askDigests(name, [...asked, HUB, ...others], signal, waitFor('receipt', policy))
  const first = said.find(({ url, digest }) => (asked.includes(url) || isHub(url)) && digest === facts.digest)
  const other = witness(said, first?.url ?? '')
  return {
    ...plain,
    served:
      first === undefined
        ? null
        : { how: isHub(first.url) ? 'official' : 'mirrors', endpoint: first.url, proved: mirrors.length === 0 },
    second: other === null ? null : { ...other, agrees: other.digest === facts.digest },
  }
}

/** Somebody else who said what the tag is: Docker Hub where it answered. */
function witness(said: readonly Said[], endpoint: string): { source: string; digest: string } | null {
  const others = said.filter(({ url, digest }) => url !== endpoint && digest !== null)
  const best = others.find(({ url }) => isHub(url)) ?? others[0]
  return best?.digest ? { source: best.url, digest: best.digest } : null
}
