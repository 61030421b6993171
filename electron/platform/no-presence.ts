import { CodedError } from '../core/errors.ts'
import { type Presence, presenceName } from '../core/presence.ts'

/** For a system on which we install nothing, start no services and know no groups. */
export const noPresence: Presence = {
  has: () => Promise.resolve(false),
  prepare: () => Promise.resolve(),
  brings: () => Promise.resolve(null),
  left: () => Promise.resolve(false),
  set: (_sys, change) => Promise.reject(new CodedError('needs-admin', { path: presenceName(change) })),
  possible: () => Promise.resolve(false),
}
