import { z } from 'zod'
import { call, type Engine, getJson } from './engine.ts'
import { httpStatus } from './errors.ts'

const schema = z.object({ Config: z.object({ Env: z.array(z.string()).nullish() }).nullish() })

/** The variables that an image sets for whatever runs in it; null where the engine does not have the image. Errors as `call`. */
export async function imageEnv(
  engine: Engine,
  reference: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | null> {
  const answer: unknown = await call(engine, signal, async (at) => {
    try {
      return await getJson(engine.docker, `/images/${reference}/json`, at)
    } catch (error) {
      if (httpStatus(error) === 404) return null
      throw error
    }
  })
  if (answer === null) return null
  const entries = schema.parse(answer).Config?.Env ?? []
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]))
}
