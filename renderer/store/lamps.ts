import { create } from 'zustand'
import type { CheckUp } from '../../electron/contract/doctor.ts'
import type { DockerState } from '../../electron/contract/machine.ts'
import type { LampState } from '../components/lamp.tsx'

/** What a check-up has found broken, whatever a quick look says of it. */
export type Doubt = 'network' | 'docker'

type LampStore = {
  network: LampState
  docker: LampState
  doubts: readonly Doubt[]
  show(lamps: { network?: LampState; docker?: LampState; doubts?: readonly Doubt[] }): void
}

/** What the two lamps at the foot of the rail show. Whoever learns something new says it here. */
export const useLamps = create<LampStore>((set) => ({
  network: 'unknown',
  docker: 'unknown',
  doubts: [],
  show: (lamps) => set(lamps),
}))

export const dockerLamp = (state: DockerState['state']): LampState =>
  state === 'running' ? 'ok' : state === 'not-installed' ? 'error' : 'warning'

/** `results`: whether each address that was asked answered. Nobody asked: only the system's word. */
export function networkLamp(online: boolean, results: readonly boolean[]): LampState {
  if (!online) return 'error'
  if (results.length === 0) return 'unknown'
  return results.includes(true) ? 'ok' : 'warning'
}

/** What a check-up makes doubtful: errors that count, of the network with its certificates, and of Docker. */
export function doubtsOf({ findings }: Pick<CheckUp, 'findings'>): readonly Doubt[] {
  const broken = findings.filter(({ severity, muted }) => severity === 'error' && !muted)
  const has = (...categories: string[]) => broken.some(({ category }) => categories.includes(category))
  return [
    ...(has('network', 'certificate') ? (['network'] as const) : []),
    ...(has('docker') ? (['docker'] as const) : []),
  ]
}

/** A lamp is not green for what a check-up has found broken. */
export const withDoubt = (state: LampState, doubtful: boolean): LampState =>
  doubtful && state === 'ok' ? 'warning' : state
