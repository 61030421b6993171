import type { Change, EnvValue, FileState } from '../contract/plan.ts'
import { type EnvChange, sameEnv } from './env.ts'
import { readState, sameState } from './plan.ts'
import type { Reader } from './system.ts'

export type FileChange = Extract<Change, { kind: 'file' }>

/** What a run puts in place one by one and can give back exactly: a file, or a variable of the system. */
export type HeldChange = FileChange | EnvChange
export type Held = FileState | EnvValue

export const isHeld = (change: Change): change is HeldChange => change.kind === 'file' || change.kind === 'env'
export const isFileState = (held: Held): held is FileState => 'bytes' in held

/** What tells two of them apart, whatever name they were reached by. */
export const placeOf = (change: HeldChange): string =>
  change.kind === 'file' ? change.real : change.path.toUpperCase()

/** What stands there now. Throws those of `readState` and `readEnv`. */
export const readHeld = (change: HeldChange, sys: Reader): Promise<Held | null> =>
  change.kind === 'file' ? readState(change.real, sys) : sys.readEnv(change.scope, change.name)

/** Whether it is still as it was. */
export function sameHeld(a: Held | null, b: Held | null): boolean {
  if (a === null || b === null) return a === b
  if (isFileState(a)) return isFileState(b) && sameState(a, b)
  return !isFileState(b) && sameEnv(a, b)
}

/** The content of a file; a variable has none that a service could be shown. */
export const bytesOf = (held: Held | null): Uint8Array | null =>
  held !== null && isFileState(held) ? held.bytes : null
