import { parseImage } from '../contract/grammar.ts'
import type { TagList } from '../contract/image.ts'
import { waitFor } from '../core/patience.ts'
import type { Catalogue } from './catalogue.ts'
import { HUB, openRegistry, type RegistryFetch, type RegistryOptions } from './registry.ts'
import { buildTagList } from './tag-list.ts'

export type ListOptions = {
  catalogue: Catalogue
  /** A registry or mirror instead of Docker Hub. */
  registryUrl?: string
  signal: AbortSignal
  /** True asks the registry again; false takes what it said within the last hour. */
  refresh: boolean
  /** Milliseconds for the whole list; then the catalogue answers. Default: as for one question to a registry. */
  timeout?: number
  fetch?: RegistryFetch
}

const KEEP = 3_600_000
const answers = new WeakMap<Catalogue, Map<string, { at: number; list: TagList }>>()

/**
 * The golang tags: from the registry if it answers within a few seconds, else from the dated catalogue.
 * `from` and `source` of the answer say which. Throws only when the signal aborts.
 */
export async function listTags(options: ListOptions): Promise<TagList> {
  const { catalogue, signal } = options
  const url = options.registryUrl ?? HUB
  signal.throwIfAborted()
  const kept = answers.get(catalogue) ?? new Map<string, { at: number; list: TagList }>()
  answers.set(catalogue, kept)
  const earlier = kept.get(url)
  if (!options.refresh && earlier && Date.now() - earlier.at < KEEP) return earlier.list
  const { timeout = waitFor('registry'), fetch } = options
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)])
  try {
    const registry = openRegistry('library/golang', { url, signal: limit, timeout, ...(fetch ? { fetch } : {}) })
    const names = await registry.tags()
    if (names.length > 0) {
      const list = buildTagList(catalogue, names, registry.url)
      kept.set(url, { at: Date.now(), list })
      return list
    }
  } catch (error) {
    // Mirrors often disable the list of tags, and offline is a normal place to be: the catalogue answers.
    if (signal.aborted) throw error
  }
  return buildTagList(catalogue, null, catalogue.date)
}

/**
 * Bytes to download for one reference, asked live. One manifest request counts against the Hub's quota,
 * so only for the tag that was selected. Errors: those of `openRegistry`.
 */
export async function tagSize(
  image: string,
  options: RegistryOptions & { platform?: { os: string; arch: string } } = {},
): Promise<number | null> {
  const name = parseImage(image)
  if (!name) return null
  const own = name.registry === 'docker.io' ? {} : { url: `https://${name.registry}` }
  const registry = openRegistry(name.repository, { ...own, ...options })
  return registry.size(name.digest ?? name.tag, options.platform)
}
