import type { ImageName } from '../contract/grammar.ts'
import type { ImageFacts } from '../contract/image.ts'
import { causeText, CodedError } from '../core/errors.ts'
import { USUAL, waitFor } from '../core/patience.ts'
import { type Agreement, agreeOnDigest } from './agree.ts'
import { engineDigest } from './distribution.ts'
import { askJson, call, type Engine } from './engine.ts'
import { inspectImage } from './inspect.ts'
import { type PullOptions, pullImage } from './pull.ts'
import { familiar, familiarRepository, readImage } from './reference.ts'
import { HUB } from './registry.ts'
import { withTries } from './tries.ts'
import { removeImage } from './remove.ts'

export type DirectOptions = PullOptions & {
  /** Where the image may come from, best first. */
  mirrors: readonly string[]
  /** Who else is asked what the tag is; Docker Hub always is. */
  witnesses: readonly string[]
}
export type DirectPull = { facts: ImageFacts; endpoint: string; agreement: Agreement }

/** How many witnesses besides Docker Hub are asked; each question may count against somebody's quota. */
const MOST_WITNESSES = 3

/** The name under which an engine finds a mirror: its host. null where the address has a path, which no reference can say. */
export function mirrorHost(url: string): string | null {
  const { host, pathname } = new URL(url)
  return pathname === '/' || pathname === '' ? host : null
}

/**
 * Pulls an image of Docker Hub by a mirror's own name, which needs no daemon.json and no reload. First the
 * sources are asked what the tag is; the mirrors that serve just that content are tried in order, and the
 * engine checks every byte against the digest. Then the image gets the name that was asked for and loses the
 * mirror's, unless that had been there before. When all have failed they are tried again as often as the profile lets.
 * Errors: `sources-disagree` {image}, those of `pullImage`; the last mirror's where all fail.
 */
export async function pullDirect(engine: Engine, reference: string, options: DirectOptions): Promise<DirectPull> {
  const name = readImage(reference)
  const { mirrors, witnesses, signal, report, patience = USUAL } = options
  const others = witnesses.filter((url) => !mirrors.includes(url)).slice(0, MOST_WITNESSES)
  // A registry with an authority of its own is trusted by the engine alone.
  const byEngine = async (url: string): Promise<string | null> => {
    const host = url.startsWith('https:') && mirrors.includes(url) ? mirrorHost(url) : null
    return host === null
      ? null
      : engineDigest(engine, `${host}/${name.repository}:${name.tag}`, signal, await options.auth?.(host), patience)
  }
  const timeout = waitFor('agree', patience.policy, patience.measured)
  const agreement = await agreeOnDigest(name, [...new Set([...mirrors, HUB, ...others])], signal, timeout, byEngine)
  const { digest } = agreement
  const able = mirrors.filter(
    (url) => mirrorHost(url) !== null && agreement.said.some((one) => one.url === url && one.digest === digest),
  )
  if (able.length === 0)
    throw new CodedError('registry-unreachable', { registry: mirrors.join(', ') }, because(agreement))
  const round = async (): Promise<DirectPull> => {
    let failure: unknown = null
    for (const url of able) {
      try {
        return { facts: await pullFrom(engine, name, `${mirrorHost(url)}`, digest, options), endpoint: url, agreement }
      } catch (error) {
        signal.throwIfAborted()
        failure = error
        report({ type: 'log', line: `${url}: ${causeText(error)}` })
      }
    }
    throw failure
  }
  return withTries(round, { patience, signal, report })
}

const because = ({ digest, said }: Agreement): string =>
  said
    .map((one) => `${one.url}: ${one.digest ?? one.cause}${one.digest === digest ? '' : ` (not ${digest})`}`)
    .join('\n')

async function pullFrom(
  engine: Engine,
  name: ImageName,
  host: string,
  digest: string,
  options: DirectOptions,
): Promise<ImageFacts> {
  const image = familiar(name)
  const theirs = `${host}/${name.repository}@${digest}`
  const before = await inspectImage(engine, theirs, options.signal)
  const facts = await pullImage(engine, theirs, { ...options, label: image })
  try {
    await tagImage(engine, theirs, name, options.signal)
  } finally {
    // The content stays under the name that was asked for; without one the engine drops it.
    if (before === null) await removeImage(engine, theirs)
  }
  return { ...facts, reference: image, digest }
}

/** `docker tag`. Errors as `call`. */
async function tagImage(engine: Engine, source: string, name: ImageName, signal: AbortSignal): Promise<void> {
  const query = { repo: familiarRepository(name), tag: name.tag }
  await call(engine, signal, (abortSignal) =>
    askJson(engine.docker, { path: `/images/${source}/tag`, method: 'POST', query, abortSignal }),
  )
}
