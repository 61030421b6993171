import { setTimeout as sleep } from 'node:timers/promises'
import type { ErrorCode } from '../contract/note.ts'
import type { TaskReport } from '../contract/task.ts'
import { CodedError } from '../core/errors.ts'
import { type Patience, pauseBefore, retriesOf } from '../core/patience.ts'

/** What can go better the second time. */
const AGAIN: readonly ErrorCode[] = ['registry-unreachable', 'pull-failed', 'timeout']

type Tries = { patience: Patience; signal: AbortSignal; report(report: TaskReport): void }

/**
 * Runs a pull again as often as the profile lets it, each time after a longer pause. What the engine has whole by then
 * it does not fetch again. Throws what the last try threw.
 */
export async function withTries<T>(pull: () => Promise<T>, { patience, signal, report }: Tries): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await pull()
    } catch (error) {
      const again = error instanceof CodedError && AGAIN.includes(error.code)
      if (!again || attempt > retriesOf(patience.policy) || signal.aborted) throw error
      report({ type: 'log', line: error.message })
      await sleep(pauseBefore(attempt, patience.policy), undefined, { signal }).catch(() => {})
      signal.throwIfAborted()
    }
  }
}
