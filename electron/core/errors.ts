import type { AppError, ErrorCode } from '../contract/note.ts'
import { redact } from './redact.ts'

/** An error with a code from the closed list. Thrown inside; turned into an AppError once, at the boundary. */
export class CodedError extends Error {
  readonly code: ErrorCode
  readonly values: Record<string, string | number>
  /** What could not be given back, filled in by a rollback. */
  remaining: string[] = []

  constructor(code: ErrorCode, values: Record<string, string | number> = {}, cause?: unknown) {
    super(cause === undefined ? code : `${code}: ${causeText(cause)}`, { cause })
    this.name = 'CodedError'
    this.code = code
    this.values = values
  }
}

/** The raw text of whatever was thrown. */
export function causeText(cause: unknown): string {
  if (cause instanceof Error) return cause.message
  return typeof cause === 'string' ? cause : JSON.stringify(cause)
}

/** The system's error code (`ENOENT`), or null. */
export function errno(error: unknown): string | null {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code
  return null
}

/** Whatever was thrown, as it crosses a boundary, secrets redacted. An aborted signal reads as `cancelled`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof CodedError) {
    const values = Object.entries(error.values).map(([name, value]) => [
      name,
      typeof value === 'string' ? redact(value) : value,
    ])
    return {
      code: error.code,
      values: Object.fromEntries(values),
      ...(error.cause === undefined ? {} : { cause: redact(causeText(error.cause)) }),
      ...(error.remaining.length === 0 ? {} : { remaining: error.remaining.map(redact) }),
    }
  }
  if (error instanceof Error && error.name === 'AbortError') return { code: 'cancelled' }
  const path = closedPath(error)
  if (path !== null) return { code: 'no-permission', values: { path: redact(path) }, cause: redact(causeText(error)) }
  const text = error instanceof Error ? (error.stack ?? error.message) : causeText(error)
  return { code: 'internal', cause: redact(text) }
}

/** What the system did not let this account read: a folder of root's in a home is no mistake of the program. */
function closedPath(error: unknown): string | null {
  if (errno(error) !== 'EACCES' || !(error instanceof Error) || !('path' in error)) return null
  return typeof error.path === 'string' ? error.path : null
}

/** Whether somebody or something called the work off. */
export const isCancel = (error: unknown): boolean =>
  (error instanceof Error && error.name === 'AbortError') || (error instanceof CodedError && error.code === 'cancelled')

/** The error with the list of what could not be given back. */
export function withRemaining(error: unknown, remaining: readonly string[]): unknown {
  if (remaining.length === 0) return error
  const coded =
    error instanceof CodedError ? error : new CodedError(isCancel(error) ? 'cancelled' : 'internal', {}, error)
  coded.remaining = [...remaining]
  return coded
}

/** A system error of a write as one of ours, with the file's name. */
export function writeError(error: unknown, path: string): unknown {
  if (error instanceof CodedError) return error
  switch (errno(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new CodedError('no-space', { path }, error)
    case 'EROFS':
      return new CodedError('read-only', { path }, error)
    case 'EBUSY':
    case 'EXDEV':
      return new CodedError('mount-point', { path }, error)
    // To root, and to an owner in his own folder, only an immutable flag says EPERM.
    case 'EPERM':
      return new CodedError('immutable', { path }, error)
    case 'EACCES':
      return new CodedError('no-permission', { path }, error)
    case null:
      return error
    default:
      return new CodedError('io', { path }, error)
  }
}

/** The switch over a union reached a case that the types exclude. */
export function assertNever(value: never): never {
  throw new Error(`unexpected: ${JSON.stringify(value)}`)
}
