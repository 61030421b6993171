import { CodedError } from '../../core/errors.ts'

/** Windows comes with an issue of its own; until then it is refused by name rather than guessed at. */
export function win32Places(): never {
  throw new CodedError('not-yet', { key: 'Windows' })
}
