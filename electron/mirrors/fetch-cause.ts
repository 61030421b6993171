import { causeText } from '../core/errors.ts'

/** `fetch` keeps the network's own code in `cause.code`. */
export function fetchCause(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'timeout'
  if (error instanceof Error && error.cause instanceof Error) return fetchCause(error.cause)
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return causeText(error)
}
