import { CodedError } from '../../core/errors.ts'
import type { Places } from '../../core/places.ts'
import type { Platform } from '../platform.ts'

/** Windows with its services. */
export function win32Platform(_places: Places): Platform {
  throw new CodedError('not-yet', { key: 'Windows' })
}
