import { useCheckUp } from './check-up.ts'
import { useDoctor } from './doctor.ts'
import { useTags } from './tags.ts'
import { useWizard } from './wizard.ts'

/** Milliseconds between two looks: soon after somebody was told to start Docker, rarely when all is well. */
const SOON = 10_000
const RARELY = 60_000

/** Keeps the lamps live: looks at once, again from time to time while the window is seen, and when the network changes. Once. */
export function watchMachine(): void {
  const { look, tryNetwork } = useCheckUp.getState()
  // Beside the look, not after it.
  if (useWizard.getState().page === 'check-up') void useDoctor.getState().begin()
  void look()
  void tryNetwork()
  // Sizes and names are on every later page.
  void useTags.getState().load(false)
  setInterval(() => {
    const { checkUp, lookedAt } = useCheckUp.getState()
    // A run says itself how Docker is.
    if (document.hidden || useWizard.getState().page === 'run') return
    const well = checkUp.step === 'seen' && checkUp.machine.docker.state === 'running'
    if (performance.now() - lookedAt > (well ? RARELY : SOON)) void look('quiet')
  }, 5000)
  for (const change of ['online', 'offline']) window.addEventListener(change, () => void tryNetwork())
}
