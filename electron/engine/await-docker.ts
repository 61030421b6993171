import type { DockerState } from '../contract/machine.ts'

/** Milliseconds between two looks. */
const BETWEEN = 500

/**
 * Looks until the engine answers, or is not there at all, at most for `patience` milliseconds; what it is then, the
 * plan will say. `told`: called once, when the waiting begins. Throws the signal's reason.
 */
export async function awaitDocker(
  state: (signal: AbortSignal) => Promise<DockerState>,
  patience: number,
  told: () => void,
  signal: AbortSignal,
): Promise<void> {
  const end = performance.now() + patience
  for (let turn = 0; ; turn++) {
    const { state: now } = await state(signal)
    signal.throwIfAborted()
    if ((now !== 'not-running' && now !== 'unreachable') || performance.now() >= end) return
    if (turn === 0) told()
    await new Promise((resolve) => setTimeout(resolve, BETWEEN))
  }
}
