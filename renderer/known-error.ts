import type { AppError } from '../electron/contract/note.ts'
import { RequestError } from './api.ts'

/** What a failed request says, as the pages show it. */
export const knownError = (error: unknown): AppError =>
  error instanceof RequestError ? error.error : { code: 'internal', cause: String(error) }
