import { RACE_LIMITS } from '../../contract/mirror.ts'

/** Milliseconds and bytes that a race may take. Said beforehand. */
export type Limits = { ms: number; bytes: number }
export const LIMITS: Limits = RACE_LIMITS
