import { createHash } from 'node:crypto'
import { z } from 'zod'
import { CodedError, causeText } from '../core/errors.ts'
import { nextPage, parseChallenge } from '../core/challenge.ts'
import { waitFor } from '../core/patience.ts'

/** Docker Hub's registry; its token service is named by its own challenge. */
export const HUB = 'https://registry-1.docker.io'

/** What `fetch` does, as far as it is used here: the engine brings one that honours the system's proxies. */
export type RegistryFetch = (
  url: URL,
  options: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>

export type RegistryOptions = {
  /** A base address: `https://host[:port][/path]`. */
  url?: string
  signal?: AbortSignal
  /** Milliseconds for each request. */
  timeout?: number
  /** Default: Node's own, which knows no proxy. */
  fetch?: RegistryFetch
}

/** A client of the registry API v2 for one repository. It holds one token and asks for it when told to. */
export type Registry = {
  url: string
  /** All tags, page by page. */
  tags(): Promise<string[]>
  /** Bytes of all layers of one platform, compressed. Counts against the Hub's quota: ask for one tag only. */
  size(tag: string, platform?: { os: string; arch: string }): Promise<number>
  /**
   * The digest of what the registry serves for a tag or digest (`sha256:…`), worked out from the bytes and not
   * believed: a header that says otherwise is `registry-unreachable`. Counts against the Hub's quota.
   */
  digest(reference: string): Promise<string>
}

const MAX_BODY = 16 * 1024 * 1024
const MAX_PAGES = 50
const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const tagsSchema = z.object({ tags: z.array(z.string()).nullable() })
const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() })
const platformSchema = z.object({ os: z.string(), architecture: z.string() })
const manifestSchema = z.object({
  layers: z.array(z.object({ size: z.number().nonnegative() })).optional(),
  manifests: z
    .array(z.object({ digest: z.string().regex(/^sha256:[a-f0-9]{64}$/), platform: platformSchema.optional() }))
    .optional(),
})

/**
 * Opens a repository (`library/golang`) of a registry; nothing is asked yet.
 * Errors of its calls: `registry-unreachable` {registry} (no answer, or one that no registry gives, such as
 * the page of a portal), `registry-denied`, `registry-rate-limit`, `image-not-found` {image},
 * `image-no-platform` {image}, `timeout`, `cancelled`.
 */
export function openRegistry(repository: string, options: RegistryOptions = {}): Registry {
  const base = new URL(options.url ?? HUB)
  const timeout = options.timeout ?? waitFor('registry')
  let token: string | null = null

  const fail = (cause: unknown): never => {
    throw new CodedError('registry-unreachable', { registry: base.host }, cause)
  }
  const send = async (url: URL, headers: Record<string, string>): Promise<{ answer: Response; body: string }> => {
    const limit = AbortSignal.timeout(timeout)
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit
    try {
      const answer = await (options.fetch ?? fetch)(url, { headers: { 'user-agent': 'goready', ...headers }, signal })
      return { answer, body: await readBody(answer) }
    } catch (error) {
      if (options.signal?.aborted) throw new CodedError('cancelled')
      if (limit.aborted) throw new CodedError('timeout', { seconds: timeout / 1000, registry: base.host }, error)
      return fail(networkCause(error))
    }
  }
  const json = <T>(schema: z.ZodType<T>, body: string): T => {
    try {
      return schema.parse(JSON.parse(body))
    } catch {
      // A captive portal answers 200 with its page.
      return fail(`not an answer of a registry: ${body.slice(0, 80).replace(/\s+/g, ' ')}`)
    }
  }
  const authorise = async (answer: Response, asked: URL): Promise<void> => {
    const challenge = parseChallenge(answer.headers.get('www-authenticate'), asked)
    if (!challenge) throw new CodedError('registry-denied', { registry: base.host }, 'no usable challenge')
    if (challenge.service !== null) challenge.realm.searchParams.set('service', challenge.service)
    challenge.realm.searchParams.set('scope', challenge.scope ?? `repository:${repository}:pull`)
    const { answer: granted, body } = await send(challenge.realm, {})
    if (!granted.ok) throw statusError(granted.status, base.host, repository, body)
    const grant = json(tokenSchema, body)
    token = grant.token ?? grant.access_token ?? null
    if (token === null || /[\r\n]/.test(token)) fail('the token service gave no token')
  }
  const get = async (url: URL, accept: string): Promise<{ answer: Response; body: string }> => {
    const headers = (): Record<string, string> => ({ accept, ...(token ? { authorization: `Bearer ${token}` } : {}) })
    let result = await send(url, headers())
    if (result.answer.status === 401) {
      await authorise(result.answer, url)
      result = await send(url, headers())
    }
    if (!result.answer.ok) throw statusError(result.answer.status, base.host, repository, result.body)
    return result
  }
  const address = (path: string): URL => new URL(`${base.href.replace(/\/+$/, '')}/v2/${repository}/${path}`)

  return {
    url: base.href.replace(/\/+$/, ''),
    async tags() {
      const found: string[] = []
      let next: URL | null = address('tags/list?n=1000')
      for (let page = 0; next !== null && page < MAX_PAGES; page++) {
        const asked: URL = next
        const { answer, body } = await get(asked, 'application/json')
        found.push(...(json(tagsSchema, body).tags ?? []))
        next = nextPage(answer.headers.get('link'), asked)
        if (next?.href === asked.href) next = null
      }
      return found
    },
    async size(tag, platform = { os: 'linux', arch: 'amd64' }) {
      const image = `${repository}:${tag}`
      let manifest = json(manifestSchema, (await get(address(`manifests/${encodeURIComponent(tag)}`), ACCEPT)).body)
      if (manifest.manifests) {
        const entry = manifest.manifests.find(
          (row) => row.platform?.os === platform.os && row.platform.architecture === platform.arch,
        )
        if (!entry) throw new CodedError('image-no-platform', { image })
        manifest = json(manifestSchema, (await get(address(`manifests/${entry.digest}`), ACCEPT)).body)
      }
      if (!manifest.layers) return fail('a manifest without layers')
      return manifest.layers.reduce((sum, { size }) => sum + size, 0)
    },
    async digest(reference) {
      const { answer, body } = await get(address(`manifests/${encodeURIComponent(reference)}`), ACCEPT)
      const manifest = json(manifestSchema, body)
      if (!manifest.layers && !manifest.manifests) return fail('neither a manifest nor a list of them')
      const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`
      const said = answer.headers.get('docker-content-digest') ?? digest
      if (said !== digest) return fail(`says ${said} and serves ${digest}`)
      return digest
    },
  }
}

async function readBody(answer: Response): Promise<string> {
  if (!answer.body) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of answer.body) {
    bytes += chunk.byteLength
    if (bytes > MAX_BODY) throw new Error(`an answer of more than ${MAX_BODY} bytes`)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function statusError(status: number, registry: string, repository: string, body: string): CodedError {
  const cause = `HTTP ${status}: ${body.slice(0, 200).replace(/\s+/g, ' ')}`
  if (status === 404) return new CodedError('image-not-found', { image: repository, registry }, cause)
  if (status === 429) return new CodedError('registry-rate-limit', { image: repository, registry }, cause)
  if (status === 401 || status === 403) return new CodedError('registry-denied', { image: repository, registry }, cause)
  return new CodedError('registry-unreachable', { registry }, cause)
}

/** `fetch` says only "fetch failed"; the truth is in its cause. */
function networkCause(error: unknown): string {
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error
  const code = typeof inner === 'object' && inner !== null && 'code' in inner ? `${String(inner.code)} ` : ''
  return `${code}${causeText(inner)}`
}
