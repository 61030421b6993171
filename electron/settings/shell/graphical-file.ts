import type { HandlerId } from '../../contract/plan.ts'
import type { Places } from '../../core/places.ts'
import type { Format } from '../../core/setting.ts'
import type { ShellState } from './detect.ts'
import { environmentDFormat } from './env-text.ts'
import type { Scope } from './families.ts'
import { launchAgentAllFormat, launchAgentFormat } from './launch-agent.ts'

/** The file out of which graphical programs get their variables, and who has to notice that it changed. */
export type GraphicalFile = { path: string; format: Format; notify: readonly HandlerId[] }

/**
 * systemd's environment.d, where its user manager reads it (elsewhere it would be a file that nobody reads), or a job
 * of launchd. null: this machine has nothing of the kind.
 */
export function graphicalFile(places: Places, state: ShellState, scope: Scope): GraphicalFile | null {
  const file = placedFile(places, scope)
  return file === null || (file.format === environmentDFormat && !state.graphical) ? null : file
}

/** The same, whether or not it is read here. */
export function placedFile({ environmentD, launchAgent, system }: Places, scope: Scope): GraphicalFile | null {
  const [conf, job] = scope === 'user' ? [environmentD?.file, launchAgent] : [system?.environmentD, system?.launchAgent]
  if (conf != null) return { path: conf, format: environmentDFormat, notify: [] }
  const format = scope === 'user' ? launchAgentFormat : launchAgentAllFormat
  return job == null ? null : { path: job, format, notify: ['launch-agent'] }
}
