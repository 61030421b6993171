import type { DockerState } from '../contract/machine.ts'
import type { Finding } from '../contract/note.ts'
import type { DockerHelp } from '../contract/wizard.ts'
import type { Elevation } from '../core/elevation.ts'
import type { Proposal } from '../core/setting.ts'
import type { System } from '../core/system.ts'
import { dockerState } from '../docker/state.ts'
import type { Platform } from '../platform/platform.ts'
import type { PlanBook } from './plans.ts'

/** How long a service that was just started may take until it answers. */
const PATIENCE = 20_000
const PAUSE = 500

/** How Docker comes onto this machine: as a plan that `plan.apply` carries out, by hand, or not needed. Only reads. */
export async function dockerHelp(
  platform: Platform,
  sys: System,
  plans: PlanBook,
  elevation: Elevation,
  signal: AbortSignal,
): Promise<DockerHelp> {
  const { places, presence } = platform
  const docker = await dockerState(sys, places, signal)
  if (docker.state === 'running') return { kind: 'nothing' }
  const setup = await platform.dockerSetup(sys, docker)
  if (setup.kind === 'guide') return setup
  const { changes, steps, commands, relogin } = setup
  const proposal: Proposal = {
    id: 'docker',
    edits: [],
    notes: steps,
    registries: [],
    verify: (reader, at) =>
      verify(
        (signalled) => dockerState(reader, places, signalled),
        () => platform.dockerLog(reader),
        at,
      ),
  }
  const possible = changes.length > 0 && ((await presence.possible(sys)) || (await elevation.possible()))
  const planId = changes.length === 0 ? '' : plans.hold(changes, [proposal], { by: 'docker', name: null })
  return { kind: 'plan', planId, steps: [...steps], commands: [...commands], possible, relogin }
}

/** Waits until the engine answers. A group counts only from the next login, so no permission is no failure. */
async function verify(
  look: (signal: AbortSignal) => Promise<DockerState>,
  log: () => Promise<readonly string[]>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const until = performance.now() + PATIENCE
  for (;;) {
    const { state, cause } = await look(signal)
    if (state === 'running') return [finding('ok', 'docker:state.running')]
    if (state === 'no-permission') return [finding('info', 'docker-setup:relogin')]
    if (performance.now() > until)
      return [{ ...finding('error', `docker:state.${state}`), details: [cause ?? state, ...(await log())] }]
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    signal.throwIfAborted()
  }
}

const finding = (severity: Finding['severity'], key: string): Finding => ({
  id: 'docker.state',
  severity,
  note: { key },
})
