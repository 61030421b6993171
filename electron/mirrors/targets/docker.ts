import { createHash } from 'node:crypto'
import { z } from 'zod'
import { parseImage } from '../../contract/grammar.ts'
import { CodedError } from '../../core/errors.ts'
import { type Adapter, type Answer, type Bulk, OutError } from '../race/adapter.ts'
import { HEAD_BYTES, headRange, jsonOf, refusal, refusePage, together } from './answers.ts'
import { broken } from './compare.ts'
import type { DockerContext } from './context.ts'
import { judgeDocker } from './judge-docker.ts'
import { openSession, type RegistrySession } from './registry-session.ts'

const digestSchema = z.string().regex(/^sha256:[a-f0-9]{64}$/)
const platformSchema = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() })
const blobSchema = z.object({ digest: digestSchema, size: z.number().int().nonnegative() })
const manifestSchema = z.object({
  config: blobSchema.optional(),
  layers: z.array(blobSchema).optional(),
  manifests: z.array(z.object({ digest: digestSchema, platform: platformSchema.optional() })).optional(),
})
type Manifest = z.infer<typeof manifestSchema>
const configSchema = z.object({ created: z.string().optional() })

const MAX_MANIFEST = 512 * 1024
const MAX_CONFIG = 256 * 1024
/** gzip and zstd. */
const LAYER_STARTS = [Buffer.of(0x1f, 0x8b), Buffer.of(0x28, 0xb5, 0x2f, 0xfd)]

/**
 * Mirrors of Docker Hub. Everything below a manifest has a name that is its own hash; the manifest of a tag has not,
 * so its digest is computed here and compared between the mirrors. The date of the image tells how fresh it is; the
 * largest layer is measured. Throws `image-bad-reference` {image}.
 * Source: opencontainers/distribution-spec; docs.docker.com (pull limits).
 */
export function dockerAdapter(context: DockerContext, now: () => number): Adapter {
  const { image } = context
  const name = parseImage(image)
  if (!name) throw new CodedError('image-bad-reference', { image })
  const reference = name.digest ?? name.tag
  const items = { manifest: `${image} manifest`, created: `${image} created` }
  const sessions = new Map<string, RegistrySession>()
  return {
    target: 'docker',
    artefact: image,
    async check(candidate, http, signal) {
      const session = await openSession(candidate.url, name.repository, http, signal)
      const tag = await manifestOf(session, reference, items.manifest, signal)
      const manifest = await platformOf(session, tag.manifest, context, signal)
      const layer = manifest.layers?.toSorted((a, b) => b.size - a.size)[0]
      if (manifest.config === undefined || layer === undefined)
        throw new OutError('not-artefact', `${items.manifest}: without layers`)
      const config = manifest.config.digest
      const [created] = await together(signal, (inner) =>
        Promise.all([createdOf(session, config, inner), seeLayer(session, layer.digest, inner)]),
      )
      sessions.set(candidate.id, session)
      const says = { [items.manifest]: tag.digest, ...(created === null ? {} : { [items.created]: created }) }
      const left = tag.pullsLeft === null ? {} : { 'pulls left': tag.pullsLeft }
      return { says: { ...says, ...left }, date: created, bulk: bulkOf(session, layer) }
    },
    judge: (checks, candidates, _, signal) =>
      judgeDocker({ checks, candidates, items, now: now() }, (id, digest) => knows(sessions.get(id), digest, signal)),
  }
}

type Tagged = { manifest: Manifest; digest: string; pullsLeft: string | null }

/** The manifest of a tag, its digest as we compute it, and what a HEAD (which counts as no pull) says of the quota. */
async function manifestOf(session: RegistrySession, tag: string, what: string, signal: AbortSignal): Promise<Tagged> {
  const path = `manifests/${tag}`
  const [answer, head] = await together(signal, (inner) =>
    Promise.all([
      session.ask(path, { maxBytes: MAX_MANIFEST }, inner),
      session.ask(path, { method: 'HEAD' }, inner).catch((error: unknown) => {
        if (error instanceof OutError) return null
        throw error
      }),
    ]),
  )
  if (answer.status !== 200) throw refusal(answer, what)
  const left = /^(\d+)/.exec(head?.headers['ratelimit-remaining'] ?? '')?.[1] ?? null
  if (left === '0' || head?.status === 429) throw new OutError('rate-limited', `${what}: no pulls left`)
  const manifest = jsonOf(manifestSchema, answer, what)
  const digest = digestOf(answer.body)
  // dockerd refuses a body whose digest is not the announced one; so is one that was asked for by digest.
  const announced = tag.startsWith('sha256:') ? tag : (answer.headers['docker-content-digest'] ?? digest)
  return {
    manifest,
    digest: announced === digest ? digest : broken(`${digest}, announced ${announced}`),
    pullsLeft: left,
  }
}

async function platformOf(
  session: RegistrySession,
  top: Manifest,
  { image, platform }: DockerContext,
  signal: AbortSignal,
): Promise<Manifest> {
  if (!top.manifests) return top
  const what = `${image} ${platform.os}/${platform.arch}`
  const fits = top.manifests.filter(
    (row) => row.platform?.os === platform.os && row.platform.architecture === platform.arch,
  )
  const entry = fits.find((row) => row.platform?.variant === platform.variant) ?? fits[0]
  if (!entry) throw new OutError('not-found', `${what}: not in the index`)
  const answer = await session.ask(`manifests/${entry.digest}`, { maxBytes: MAX_MANIFEST }, signal)
  return jsonOf(manifestSchema, hashed(answer, entry.digest, `${what} manifest`), `${what} manifest`)
}

/** When the image was built: the date in its configuration. */
async function createdOf(session: RegistrySession, digest: string, signal: AbortSignal): Promise<string | null> {
  const what = 'image configuration'
  const answer = hashed(await session.ask(`blobs/${digest}`, { maxBytes: MAX_CONFIG }, signal), digest, what)
  const { created } = jsonOf(configSchema, answer, what)
  const time = Date.parse(created ?? '')
  return Number.isNaN(time) ? null : new Date(time).toISOString()
}

/** Sees that the first bytes of a layer come, and are one; the registry may lead to another host for them. */
async function seeLayer(session: RegistrySession, digest: string, signal: AbortSignal): Promise<void> {
  const answer = await session.ask(`blobs/${digest}`, { headers: headRange, maxBytes: HEAD_BYTES }, signal)
  if (answer.status !== 200 && answer.status !== 206) throw refusal(answer, 'layer')
  refusePage(answer, 'layer')
  const starts = LAYER_STARTS.some((start) => start.equals(answer.body.subarray(0, start.length)))
  if (!starts) throw new OutError('wrong-content', 'layer: neither gzip nor zstd')
}

function bulkOf(session: RegistrySession, layer: { digest: string; size: number }): Bulk {
  return {
    ...session.address(`blobs/${layer.digest}`),
    size: layer.size,
    whole: (body) => (digestOf(body) === layer.digest ? null : `layer: ${digestOf(body)} instead of ${layer.digest}`),
  }
}

/** The answer, if its body has the digest that it was asked for by. */
function hashed(answer: Answer, digest: string, what: string): Answer {
  if (answer.status !== 200) throw refusal(answer, what)
  refusePage(answer, what)
  const own = digestOf(answer.body)
  if (own !== digest) throw new OutError('wrong-content', `${what}: ${own} instead of ${digest}`)
  return answer
}

const digestOf = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Whether a registry has a manifest of that digest, under whatever tag or none. */
async function knows(session: RegistrySession | undefined, digest: string, signal: AbortSignal): Promise<boolean> {
  if (!session) return false
  try {
    return (await session.ask(`manifests/${digest}`, { method: 'HEAD' }, signal)).status === 200
  } catch (error) {
    if (error instanceof OutError) return false
    throw error
  }
}
