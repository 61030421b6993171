import { create } from 'zustand'
import type { Machine } from '../../electron/contract/machine.ts'
import type { AppError } from '../../electron/contract/note.ts'
import type { RunSummary } from '../../electron/contract/run.ts'
import type { DockerHelp } from '../../electron/contract/wizard.ts'
import { request } from '../api.ts'
import { errorOf } from './run-error.ts'
import type { Network } from './checks.ts'
import { dockerLamp, networkLamp, useLamps } from './lamps.ts'
import { reachSources } from './reach.ts'
import { useSources } from './sources.ts'

/** Milliseconds for which a look at the machine is of this moment. */
const FRESH = 2000

export type CheckUp =
  | { step: 'looking' }
  | { step: 'seen'; machine: Machine; runs: readonly RunSummary[] }
  | { step: 'failed'; error: AppError }

type CheckUpStore = {
  checkUp: CheckUp
  network: Network
  /** How Docker comes onto this machine; asked when somebody wants to know. */
  help: DockerHelp | AppError | null
  /** A look that somebody asked for is under way; what is on the screen stays meanwhile. */
  again: boolean
  /** When the machine was looked at last, in milliseconds of `performance.now`. */
  lookedAt: number
  /** Looks at the machine. `quiet`: what is on the screen stays until there is something new. */
  look(how?: 'quiet'): Promise<void>
  /** Asks the sources of Go modules whether they answer. */
  tryNetwork(): Promise<void>
  /** Looks once more at what is shown, where that is no longer of this moment. */
  lookAnew(): Promise<void>
  /** Looks at everything once more. */
  lookAgain(): Promise<void>
  askForHelp(): Promise<void>
}

/** What the program found on this machine. */
export const useCheckUp = create<CheckUpStore>((set, get) => ({
  checkUp: { step: 'looking' },
  network: { state: 'looking' },
  help: null,
  again: false,
  lookedAt: 0,
  async look(how) {
    if (how !== 'quiet') set({ checkUp: { step: 'looking' } })
    set({ lookedAt: performance.now() })
    try {
      const [machine, runs] = await Promise.all([
        request('machine.detect', undefined),
        request('run.history', undefined).catch(() => []),
        useSources.getState().load(),
      ])
      const before = get().checkUp
      // Another state of Docker wants another way out of it.
      if (before.step !== 'seen' || before.machine.docker.state !== machine.docker.state) set({ help: null })
      set({ checkUp: { step: 'seen', machine, runs } })
      useLamps.getState().show({ docker: dockerLamp(machine.docker.state) })
    } catch (error) {
      if (how !== 'quiet' || get().again) set({ checkUp: { step: 'failed', error: errorOf(error) } })
    }
  },
  async tryNetwork() {
    const online = navigator.onLine
    const results = online ? await reachSources() : []
    set({ network: { state: 'tried', online, answered: results.length === 0 ? null : results.includes(true) } })
    useLamps.getState().show({ network: networkLamp(online, results) })
  },
  async lookAnew() {
    const { checkUp, lookedAt, look } = get()
    if (checkUp.step === 'seen' && performance.now() - lookedAt > FRESH) await look('quiet')
  },
  async lookAgain() {
    if (get().again) return
    set({ again: true })
    await Promise.all([get().checkUp.step === 'seen' ? get().look('quiet') : get().look(), get().tryNetwork()])
    set({ again: false })
  },
  async askForHelp() {
    if (get().help !== null) return
    set({ help: await request('docker.help', undefined).catch(errorOf) })
  },
}))
