import { CodedError } from '../../core/errors.ts'

/** macOS comes with an issue of its own; until then it is refused by name rather than guessed at. */
export function darwinPlaces(): never {
  throw new CodedError('not-yet', { key: 'macOS' })
}
