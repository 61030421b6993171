import { z } from 'zod'
import type { Places } from '../core/places.ts'
import type { Reader } from '../core/system.ts'
import { causeText } from '../core/errors.ts'
import { NO_POLICY, type Patience, type Policy, USUAL, waitFor } from '../core/patience.ts'
import { findEndpoint } from './endpoint.ts'
import type { RegistryAuth } from './auth.ts'
import { askJson, call, type Engine, getJson, openEngine } from './engine.ts'
import { engineMessage, httpStatus } from './errors.ts'

/** `answered`: the engine and the registry speak with each other, whatever was said of the image. */
export type DistributionAnswer = { state: 'answered' | 'untrusted' | 'unreachable'; cause: string | null }

/**
 * Lets the engine itself ask a registry (`GET /distribution/HOST/library/golang/json`), with its own certificates.
 * Whether the image is there does not matter. Throws only when the signal aborts.
 */
export async function askDistribution(
  sys: Reader,
  places: Places,
  host: string,
  signal: AbortSignal,
  policy: Policy = NO_POLICY,
): Promise<DistributionAnswer> {
  try {
    const engine = await openEngine(await findEndpoint(sys, places), { signal })
    const path = `/distribution/${host}/library/golang/json`
    return await call(
      engine,
      signal,
      async (abortSignal) => {
        try {
          await getJson(engine.docker, path, abortSignal)
          return { state: 'answered' as const, cause: null }
        } catch (error) {
          const status = httpStatus(error)
          if (status === null) throw error
          const cause = engineMessage(error)
          if (/x509|certificate|tls:/i.test(cause)) return { state: 'untrusted' as const, cause }
          const silent = /no such host|connection refused|i\/o timeout|EOF|unreachable|deadline/i.test(cause)
          return { state: silent ? ('unreachable' as const) : ('answered' as const), cause }
        }
      },
      waitFor('distribution', policy),
    )
  } catch (error) {
    signal.throwIfAborted()
    return { state: 'unreachable', cause: causeText(error) }
  }
}

const descriptorSchema = z.object({ Descriptor: z.object({ digest: z.string().regex(/^sha256:[a-f0-9]{64}$/) }) })

/** The digest that the engine itself hears from a registry; null where it hears none. Throws only when the signal aborts. */
export async function engineDigest(
  engine: Engine,
  reference: string,
  signal: AbortSignal,
  auth: RegistryAuth | null = null,
  { policy, measured }: Patience = USUAL,
): Promise<string | null> {
  try {
    const path = `/distribution/${reference}/json`
    const answer = await call(
      engine,
      signal,
      (abortSignal) => askJson(engine.docker, { path, method: 'GET', auth, abortSignal }),
      waitFor('distribution', policy, measured),
    )
    return descriptorSchema.parse(answer).Descriptor.digest
  } catch {
    signal.throwIfAborted()
    return null
  }
}
