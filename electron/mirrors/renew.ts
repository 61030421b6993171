import { CodedError } from '../core/errors.ts'
import { parseJson } from '../core/json-file.ts'
import { CATALOGUE_VERSION, loadMirrors, MAX_CATALOGUE, type MirrorCatalogue } from './catalogue.ts'
import { fetchCause } from './fetch-cause.ts'
import { openSigned, type Unsigned } from './signed.ts'

/** Why a renewal is not taken; `catalogue:renew.<problem>` is the sentence. */
export type RenewProblem = 'unreachable' | 'too-large' | Unsigned | 'unknown-version' | 'broken' | 'older'

/** A renewal is not taken; what was used before stays in use. `cause`: raw text for the details. */
export class RenewError extends Error {
  readonly problem: RenewProblem
  constructor(problem: RenewProblem, cause: string) {
    super(cause)
    this.name = 'RenewError'
    this.problem = problem
  }
}

/** Milliseconds for the whole download. */
const TIMEOUT = 15_000

/** Reads at most `MAX_CATALOGUE` bytes from an address. Throws `RenewError`, and what an aborted signal says. */
export async function download(url: string, signal: AbortSignal, timeout = TIMEOUT): Promise<Uint8Array> {
  try {
    const response = await fetch(url, {
      redirect: 'follow',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
      headers: { 'user-agent': 'GoReady' },
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw new RenewError('unreachable', `HTTP ${response.status}`)
    }
    return await readBounded(response)
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof RenewError ? error : new RenewError('unreachable', fetchCause(error))
  }
}

async function readBounded(response: Response): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body ?? []) {
    size += part.length
    if (size > MAX_CATALOGUE) throw new RenewError('too-large', `> ${MAX_CATALOGUE}`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

/**
 * The catalogue in a signed file. The signature comes first: nothing unsigned is parsed. `notBefore`: the day of
 * the catalogue in use; an older one would bring back what has died since. Throws `RenewError`.
 */
export function readRenewal(bytes: Uint8Array, keys: readonly string[], notBefore: string): MirrorCatalogue {
  const content = openSigned(bytes, keys)
  if (typeof content === 'string') throw new RenewError(content, content)
  let catalogue: MirrorCatalogue
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(content)
    const value = parseJson(text, 'renewal')
    const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
    if (version !== CATALOGUE_VERSION) throw new RenewError('unknown-version', `version ${JSON.stringify(version)}`)
    catalogue = loadMirrors(value, 'renewal', text)
  } catch (error) {
    if (error instanceof RenewError) throw error
    if (error instanceof CodedError || error instanceof TypeError) throw new RenewError('broken', error.message)
    throw error
  }
  if (catalogue.date < notBefore) throw new RenewError('older', `${catalogue.date} < ${notBefore}`)
  return catalogue
}
