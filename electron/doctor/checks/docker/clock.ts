import { inVirtualMachine } from '../../../docker/flavour.ts'
import { type DoctorCheck, nothingFound } from '../../check.ts'
import { lookAtEngine } from './engine-look.ts'

/** Milliseconds; less than this no certificate and no log minds. */
const MOST = 120_000

/** Whether the engine's clock goes as ours does. One in the same kernel has no other. */
export const dockerClockCheck: DoctorCheck = {
  id: 'docker.clock',
  category: 'docker',
  deadline: 5000,
  codes: ['docker.clock-skew'],
  explains: ['tls-expired', 'tls-not-yet'],
  async check(context, signal) {
    const { flavour, endpoint, state } = await context.facts.docker()
    if (state !== 'running' || (!inVirtualMachine(flavour) && endpoint.startsWith('unix:'))) return nothingFound
    const ahead = (await lookAtEngine(context, signal))?.ahead ?? null
    if (ahead === null || Math.abs(ahead) <= MOST) return nothingFound
    const minutes = Math.round(Math.abs(ahead) / 60_000)
    const code = 'docker.clock-skew'
    const evidence = [`SystemTime: ${(ahead / 1000).toFixed(0)} s`]
    return { found: [{ code, severity: 'warning', subject: endpoint, values: { minutes, flavour }, evidence }] }
  },
}
