/** Milliseconds and bytes that a race may take. Said beforehand. */
export type Limits = { ms: number; bytes: number }
export const LIMITS: Limits = { ms: 6000, bytes: 30_000_000 }
