import { create } from 'zustand'
import type { Category, CheckUp } from '../../electron/contract/doctor.ts'
import type { DockerState } from '../../electron/contract/machine.ts'
import type { LampState } from '../components/lamp.tsx'

/** What the last check-up says, whatever a quick look says of it; null: nothing. */
export type Opinion = { network: 'well' | 'broken' | null; docker: 'broken' | null }

type LampStore = {
  network: LampState
  docker: LampState
  opinion: Opinion
  show(lamps: { network?: LampState; docker?: LampState; opinion?: Opinion }): void
}

/** What the two lamps at the foot of the rail show. Whoever learns something new says it here. */
export const useLamps = create<LampStore>((set) => ({
  network: 'unknown',
  docker: 'unknown',
  opinion: { network: null, docker: null },
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

const NETWORK: readonly Category[] = ['network', 'certificate']

/** What a check-up says of the lamps: errors that count; the network is well where its checks came to that. */
export function opinionOf({ checks, findings }: Pick<CheckUp, 'checks' | 'findings'>): Opinion {
  const broken = findings.filter(({ severity, muted }) => severity === 'error' && !muted)
  const states = checks.filter(({ category }) => NETWORK.includes(category)).map(({ state }) => state)
  const concluded = states.includes('ok') && !states.includes('late') && !states.includes('failed')
  return {
    network: broken.some(({ category }) => NETWORK.includes(category)) ? 'broken' : concluded ? 'well' : null,
    docker: broken.some(({ category }) => category === 'docker') ? 'broken' : null,
  }
}

/** A quick look asks the sources that are known, a check-up those that are used: that counts where both speak. */
export function withOpinion(state: LampState, opinion: Opinion['network']): LampState {
  if (opinion === 'broken' && state === 'ok') return 'warning'
  return opinion === 'well' && state === 'warning' ? 'ok' : state
}
