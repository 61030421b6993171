import { CodedError } from '../core/errors.ts'
import { parseJson } from '../core/json-file.ts'
import { waitFor } from '../core/patience.ts'
import { CATALOGUE_VERSION, loadMirrors, MAX_CATALOGUE, type MirrorCatalogue } from './catalogue.ts'
import type { MirrorClient } from './http/client.ts'
import { OutError } from './race/adapter.ts'
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

/**
 * Reads at most `MAX_CATALOGUE` bytes from an address, by the races' own client: the same proxies count and the same
 * authorities. `http` is closed here. Throws `RenewError`, and what an aborted signal says.
 */
export async function download(
  url: string,
  http: MirrorClient,
  signal: AbortSignal,
  timeout = waitFor('catalogue'),
): Promise<Uint8Array> {
  try {
    const answer = await http.ask(url, { timeout, maxBytes: MAX_CATALOGUE }, signal)
    if (answer.status < 200 || answer.status > 299) throw new RenewError('unreachable', `HTTP ${answer.status}`)
    if (!answer.complete) throw new RenewError('too-large', `> ${MAX_CATALOGUE}`)
    return answer.body
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof OutError)) throw error
    throw new RenewError('unreachable', `${error.reason}: ${error.message}`)
  } finally {
    http.close()
  }
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
