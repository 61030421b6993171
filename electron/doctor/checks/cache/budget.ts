/** How much one look may read: a cache can hold many gigabytes, and nobody waits that long. */
export type Budget = {
  /** Whether nothing more may be begun. */
  spent(): boolean
  /** Takes note of bytes that were read. Throws when the signal has aborted. */
  take(bytes: number): void
}

/** `milliseconds` and `bytes` for everything together. */
export function openBudget(milliseconds: number, bytes: number, signal: AbortSignal): Budget {
  const end = performance.now() + milliseconds
  let left = bytes
  return {
    spent: () => left <= 0 || performance.now() >= end || signal.aborted,
    take(read) {
      signal.throwIfAborted()
      left -= read
    },
  }
}

/** Works through a list, a few at a time, until the budget is spent; what was not begun is left out of the answer. */
export async function within<T, R>(
  budget: Budget,
  list: readonly T[],
  work: (one: T) => Promise<R>,
  atOnce = 4,
): Promise<readonly R[]> {
  const done: R[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let one = list[next]; one !== undefined && !budget.spent(); one = list[next]) {
      next++
      done.push(await work(one))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return done
}
