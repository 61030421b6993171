import { create } from 'zustand'
import type { DockerState } from '../../electron/contract/machine.ts'
import type { LampState } from '../components/lamp.tsx'

type LampStore = {
  network: LampState
  docker: LampState
  show(lamps: { network?: LampState; docker?: LampState }): void
}

/** What the two lamps at the foot of the rail show. Whoever learns something new says it here. */
export const useLamps = create<LampStore>((set) => ({
  network: 'unknown',
  docker: 'unknown',
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
