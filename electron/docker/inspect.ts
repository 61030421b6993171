import { z } from 'zod'
import { parseImage } from '../contract/grammar.ts'
import type { ImageFacts } from '../contract/image.ts'
import { call, type Engine, getJson } from './engine.ts'
import { httpStatus } from './errors.ts'
import { familiarRepository } from './reference.ts'
import { CodedError } from '../core/errors.ts'

const imageSchema = z.object({
  Id: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
  Size: z.number(),
  Created: z.string().nullish(),
  Os: z.string(),
  Architecture: z.string(),
  Config: z.object({ Env: z.array(z.string()).nullish() }).nullish(),
})

export type InspectedImage = Omit<ImageFacts, 'pulled' | 'bytes' | 'ms'>

/** What the engine knows about an image; null when it is not there. Errors as `call`. */
export async function inspectImage(
  engine: Engine,
  reference: string,
  signal?: AbortSignal,
): Promise<InspectedImage | null> {
  let answer: unknown
  try {
    answer = await call(engine, signal, async (abortSignal) => {
      try {
        return await getJson(engine.docker, `/images/${reference}/json`, abortSignal)
      } catch (error) {
        if (httpStatus(error) === 404) return null
        throw error
      }
    })
  } catch (error) {
    if (error instanceof CodedError) error.values.image = reference
    throw error
  }
  if (answer === null) return null
  const image = imageSchema.parse(answer)
  const prefix = 'GOLANG_VERSION='
  const go = image.Config?.Env?.find((entry) => entry.startsWith(prefix))
  return {
    reference,
    id: image.Id,
    digest: digestOf(reference, image.RepoDigests ?? []),
    size: image.Size,
    created: image.Created ?? '',
    os: image.Os,
    arch: image.Architecture,
    goVersion: go === undefined ? null : go.slice(prefix.length),
  }
}

/** The digest under which this repository serves the image; another repository's does not count. */
function digestOf(reference: string, digests: readonly string[]): string | null {
  const name = parseImage(reference)
  if (!name) return null
  const own = digests.find((entry) => {
    const other = parseImage(entry)
    return other !== null && familiarRepository(other) === familiarRepository(name)
  })
  return own?.split('@')[1] ?? null
}
