/** Saves of one thing, one after the other; of those that wait only the newest is carried out. */
export type Latest<T> = {
  /** Answers when this value, or a newer one, is saved. Rejects when that failed. */
  save(value: T): Promise<void>
  /** Waits for what is under way; never rejects. */
  idle(): Promise<void>
}

type Turn<T> = { value: T; promise: Promise<void>; settle(outcome: Promise<void>): void }

/** Lets `write` run once at a time. */
export function latest<T>(write: (value: T) => Promise<void>): Latest<T> {
  let waiting: Turn<T> | null = null
  let running: Promise<void> | null = null

  const work = async (): Promise<void> => {
    while (waiting !== null) {
      const turn: Turn<T> = waiting
      waiting = null
      const outcome = write(turn.value)
      turn.settle(outcome)
      await outcome.catch(() => {})
    }
    running = null
  }
  return {
    save(value) {
      if (waiting === null) waiting = newTurn(value)
      else waiting.value = value
      const { promise } = waiting
      running ??= work()
      return promise
    },
    async idle() {
      await running
    },
  }
}

function newTurn<T>(value: T): Turn<T> {
  let settle: Turn<T>['settle'] = () => {}
  const promise = new Promise<void>((resolve) => {
    settle = resolve
  })
  return { value, promise, settle }
}
