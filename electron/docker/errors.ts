import { causeText, CodedError, errno } from '../core/errors.ts'
import { sortFailure } from './failure-text.ts'

type Values = Record<string, string | number>

/** The HTTP status of an answer that dockerode turned into an error. */
export function httpStatus(error: unknown): number | null {
  if (typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number')
    return error.statusCode
  return null
}

/** What the engine itself said: the `message` of its JSON answer, without dockerode's prefix. */
export function engineMessage(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'json' in error) {
    const { json } = error
    if (typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string')
      return json.message
  }
  // A streamed answer keeps only the text "(HTTP code 404) unexpected - MESSAGE ".
  return causeText(error)
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim()
}

/** Errors that say that nobody listens, with the code that a person understands. */
function connectionCode(error: unknown): 'docker-not-running' | 'docker-no-permission' | 'docker-unreachable' | null {
  switch (errno(error)) {
    case 'ENOENT':
    case 'ECONNREFUSED':
      return 'docker-not-running'
    case 'EACCES':
    case 'EPERM':
      return 'docker-no-permission'
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENOTSOCK':
    case 'ENAMETOOLONG':
    case 'HPE_INVALID_CONSTANT':
      return 'docker-unreachable'
    default:
      return null
  }
}

/**
 * Whatever a call to the engine threw, as a CodedError with the raw cause kept.
 * `values` (address, image …) are put into the sentence.
 */
export function engineError(error: unknown, values: Values = {}): CodedError {
  if (error instanceof CodedError) return error
  if (error instanceof Error && error.name === 'AbortError') return abortError(error, values)
  if (error instanceof Error && error.name === 'TimeoutError') return new CodedError('timeout', values, error)
  const connection = connectionCode(error)
  if (connection) return new CodedError(connection, values, error)
  const status = httpStatus(error)
  const message = engineMessage(error)
  if (status === null) return new CodedError('docker-unreachable', values, error)
  const sorted = sortFailure(message)
  if (sorted === 'engine-disk-full' || sorted === 'image-bad-reference') return new CodedError(sorted, values, message)
  if (/no such image/i.test(message)) return new CodedError('image-not-found', values, message)
  // Other words of the engine ("permission denied" by a program, say) are not about a registry.
  return new CodedError('container-failed', values, message)
}

/** A signal's reason is the truth: a limit that ran out is no cancel. */
function abortError(error: Error, values: Values): CodedError {
  const reason = error.cause
  if (reason instanceof CodedError) return reason
  if (reason instanceof Error && reason.name === 'TimeoutError') return new CodedError('timeout', values, reason)
  return new CodedError('cancelled', values)
}

/** What a pull said, as a CodedError; `pull-failed` when nothing is known about it. The raw text is the cause. */
export function pullError(message: string, image: string, status?: number): CodedError {
  return new CodedError(sortFailure(message, status) ?? 'pull-failed', { image }, message)
}
