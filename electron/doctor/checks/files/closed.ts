import type { RightsChange } from '../../../contract/plan.ts'
import type { DoctorContext, Found } from '../../check.ts'
import { shellWord } from './shell-word.ts'
import type { Written } from './written-places.ts'

/**
 * What its own owner cannot use. Our files and all folders have to be written; a tool's file that can only be read may
 * be meant so.
 */
export function closedPlaces(own: readonly Written[], { sys, places }: DoctorContext): readonly Found[] {
  // A GOENV file that cannot be read is a matter of Go's.
  const judged = own.filter(({ path }) => sys.identity.uid === 0 || path !== places.goenv)
  const closed = judged.filter((one) => (one.stat.mode & needed(one)) !== needed(one))
  return closed
    .filter((one) => !closed.some((other) => one.real.startsWith(`${other.real}/`)))
    .map((one): Found => {
      const { path, real, stat } = one
      const { mode, uid, gid } = stat
      const bits = stat.kind === 'dir' ? 'rwx' : 'rw'
      const after = { mode: mode | needed(one), uid, gid }
      const changes: readonly RightsChange[] = [
        { kind: 'rights', path: real, before: { mode, uid, gid }, after, admin: false },
      ]
      // A run is written down first, so it cannot be what opens the folder of its own record.
      const record = sys.identity.uid !== 0 && (places.state === path || places.state.startsWith(`${path}/`))
      return {
        code: 'files.mode-closed',
        severity: 'error',
        subject: path,
        values: { path, mode: mode.toString(8), command: `chmod u+${bits} ${shellWord(path)}` },
        evidence: [`${real}: ${uid}:${gid} ${mode.toString(8)}`],
        ...(record
          ? {}
          : {
              repairs: [
                {
                  kind: 'changes',
                  note: { key: 'doctor-files:repair.open', values: { path, mode: after.mode.toString(8) } },
                  safe: true,
                  changes,
                },
              ],
            }),
      }
    })
}

function needed({ stat, ours, cache }: Written): number {
  // Go closes what it has unpacked into its cache.
  if (stat.kind === 'dir') return cache === null ? 0o700 : 0
  if (stat.kind !== 'file' || cache !== null) return 0
  return ours ? 0o600 : 0o400
}
