import type { DoctorCheck } from './check.ts'

/** Every check, in the order in which they are shown. */
export const doctorChecks: readonly DoctorCheck[] = []
