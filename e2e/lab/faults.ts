import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a front does to the requests whose URL matches `only` (default: all of them). */
export type Faults = {
  /** All bodies together get at most `bytesPerSecond`. */
  throttle(bytesPerSecond: number, only?: RegExp): void
  /** After `bytes` more body bytes everything is dropped, and so is each later request: a mirror that dies. */
  cutAfter(bytes: number, only?: RegExp): void
  /** Every answer is this. */
  status(code: number, body: string, only?: RegExp): void
  /** Takes requests and never answers, or (`afterBytes`) stops in mid-body, until `clear`. */
  stall(afterBytes?: number, only?: RegExp): void
  /** Drops each request with a TCP reset. */
  reset(only?: RegExp): void
  /** Ends every fault; stalled requests go on. */
  clear(): void
}

type Active =
  | { kind: 'status'; code: number; body: string; only: RegExp }
  | { kind: 'reset'; only: RegExp }
  | { kind: 'cut'; left: number; only: RegExp }
  | { kind: 'stall'; left: number; only: RegExp }
type Rate = { bytesPerSecond: number; free: number; only: RegExp }

const ALL = /(?:)/

/** The faults of one front, as the front asks for them. */
export class FaultState implements Faults {
  #active: readonly Active[] = []
  #rate: Rate | null = null
  readonly #cleared = new EventEmitter().setMaxListeners(0)

  throttle(bytesPerSecond: number, only = ALL): void {
    this.#rate = { bytesPerSecond, free: Date.now(), only }
  }
  cutAfter(bytes: number, only = ALL): void {
    this.#active = [...this.#active, { kind: 'cut', left: bytes, only }]
  }
  status(code: number, body: string, only = ALL): void {
    this.#active = [...this.#active, { kind: 'status', code, body, only }]
  }
  stall(afterBytes = 0, only = ALL): void {
    this.#active = [...this.#active, { kind: 'stall', left: afterBytes, only }]
  }
  reset(only = ALL): void {
    this.#active = [...this.#active, { kind: 'reset', only }]
  }
  clear(): void {
    this.#active = []
    this.#rate = null
    this.#cleared.emit('clear')
  }

  /** A whole answer instead of the real one. */
  answer(url: string): { code: number; body: string } | null {
    const fault = this.#active.find((one) => one.kind === 'status' && one.only.test(url))
    return fault?.kind === 'status' ? fault : null
  }

  dropped(url: string): boolean {
    return this.#active.some(
      (one) => one.only.test(url) && (one.kind === 'reset' || (one.kind === 'cut' && one.left <= 0)),
    )
  }

  /** How many of `length` body bytes may go out now: fewer before a cut or a stall and while throttled. */
  allowance(url: string, length: number): number {
    let allowed = length
    if (this.#rate?.only.test(url))
      allowed = Math.min(allowed, Math.max(1, Math.ceil(this.#rate.bytesPerSecond / 20)), 16_384)
    for (const one of this.#active) {
      if ((one.kind === 'cut' || one.kind === 'stall') && one.only.test(url)) allowed = Math.min(allowed, one.left)
    }
    return Math.max(0, allowed)
  }

  /** Books `length` bytes and waits as long as the rate demands. */
  async spend(url: string, length: number, signal: AbortSignal): Promise<void> {
    for (const one of this.#active) {
      if ((one.kind === 'cut' || one.kind === 'stall') && one.only.test(url)) one.left -= length
    }
    const rate = this.#rate
    if (rate === null || !rate.only.test(url)) return
    const now = Date.now()
    rate.free = Math.max(now, rate.free) + (length / rate.bytesPerSecond) * 1000
    await sleep(rate.free - now, undefined, { signal })
  }

  stalled(url: string): boolean {
    return this.#active.some((one) => one.kind === 'stall' && one.left <= 0 && one.only.test(url))
  }

  async untilCleared(signal: AbortSignal): Promise<void> {
    await once(this.#cleared, 'clear', { signal })
  }
}
