type Mark = { at: number; bytes: number }

/** How much of the time since the first byte is left to slow start before the rate is read. */
const SLOW_START = 0.4
/** A last quarter that brings this much more than the one before it is still in slow start. */
const GROWTH = 1.3
/** Below these a rate would be the time of one packet; the whole request's time is taken instead. */
const SHORT = { ms: 60, bytes: 128 * 1024 }

/** Bytes over time of one body. Times are milliseconds of one clock. */
export class Meter {
  readonly #asked: number
  readonly #marks: Mark[] = []
  bytes = 0

  /** `asked`: when the request went out. */
  constructor(asked: number) {
    this.#asked = asked
  }

  add(bytes: number, at: number): void {
    this.bytes += bytes
    this.#marks.push({ at, bytes: this.bytes })
  }

  /** Milliseconds since the first byte; 0 before it. */
  elapsed(now: number): number {
    const [first] = this.#marks
    return first === undefined ? 0 : now - first.at
  }

  /** Bytes a second after slow start; null before the first byte. `whole`: the body has ended, so its last byte ends the time. */
  rate(now: number, whole: boolean): number | null {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)]
    if (first === undefined || last === undefined) return null
    const end = whole ? last.at : now
    const span = end - first.at
    if (span < SHORT.ms || this.bytes < SHORT.bytes) return (this.bytes / Math.max(1, end - this.#asked)) * 1000
    return this.#between(first.at + span * SLOW_START, end)
  }

  /** Whether it still speeds up, so that its rate would be too low. */
  growing(now: number): boolean {
    const [first] = this.#marks
    if (first === undefined) return true
    const quarter = (now - first.at) / 4
    return this.#between(now - quarter, now) > GROWTH * this.#between(now - 2 * quarter, now - quarter)
  }

  #between(from: number, to: number): number {
    return to <= from ? 0 : ((this.#at(to) - this.#at(from)) / (to - from)) * 1000
  }

  /** Bytes that had come by a moment. */
  #at(moment: number): number {
    let [low, high] = [0, this.#marks.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#marks[middle]?.at ?? Infinity) <= moment) low = middle + 1
      else high = middle
    }
    return this.#marks[low - 1]?.bytes ?? 0
  }
}
