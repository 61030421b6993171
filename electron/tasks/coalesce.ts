import type { TaskReport } from '../contract/task.ts'

type Progress = Extract<TaskReport, { type: 'progress' }>

/** Milliseconds between two progress messages: 60 a second, over all steps of a task. */
const INTERVAL = 1000 / 60

/**
 * Lets everything through in order, but of progress only the newest of each step, at most 60 times a second.
 * Whatever follows a held-back progress first sends it, so that a step's last one is never lost or late.
 */
export class Coalescer {
  readonly #send: (report: TaskReport) => void
  readonly #held = new Map<string, Progress>()
  #timer: NodeJS.Timeout | null = null
  #last = -Infinity

  constructor(send: (report: TaskReport) => void) {
    this.#send = send
  }

  add(report: TaskReport): void {
    // A log line comes as often as progress does and need not keep its place among it.
    if (report.type === 'log') return this.#send(report)
    if (report.type !== 'progress') {
      this.flush()
      return this.#send(report)
    }
    this.#held.set(report.step, report)
    const wait = this.#last + INTERVAL * this.#held.size - performance.now()
    if (wait <= 0) return this.flush()
    // Timers drop fractions of a millisecond; rounded down it would be more than 60.
    this.#timer ??= setTimeout(() => this.flush(), Math.ceil(wait))
  }

  /** Sends what is held back, now. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.#held.size > 0) this.#last = performance.now()
    for (const report of this.#held.values()) this.#send(report)
    this.#held.clear()
  }
}
