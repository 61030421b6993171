import type { DoctorCheck } from '../../check.ts'
import { clockFault } from './clock.ts'
import { dayOf } from './judge.ts'

/** Whether this machine's clock agrees with those of the servers that are asked anyway. */
export const certificateClockCheck: DoctorCheck = {
  id: 'certificate.clock',
  category: 'certificate',
  deadline: 8000,
  codes: ['certificate.clock-wrong'],
  explains: ['tls-expired', 'tls-not-yet'],
  async check(context) {
    const fault = clockFault(await context.facts.probes(), context.now())
    if (fault === null) return { found: [] }
    const { ours, theirs, bound, evidence } = fault
    const values = { ours: dayOf(ours), theirs: theirs === null ? bound : dayOf(theirs) }
    return { found: [{ code: 'certificate.clock-wrong', severity: 'error', subject: 'clock', values, evidence }] }
  },
}
