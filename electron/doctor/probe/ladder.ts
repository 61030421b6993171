import type { Rung } from '../../contract/doctor.ts'
import { RUNGS } from '../../contract/doctor.ts'
import type { Broken } from './probe.ts'

export type Fault = Omit<Broken, 'rung'>

/** The rungs of one way as they are climbed. The first fault that is put down is the one that counts. */
export class Ladder {
  readonly #seen = new Map<Rung['rung'], { state: 'ok' | 'broken' | 'skipped'; detail: string }>()
  #broken: Broken | null = null
  /** What makes the way slower but leads on; counts where nothing else is broken. */
  #remark: Broken | null = null

  ok(rung: Rung['rung'], detail: string): void {
    this.#seen.set(rung, { state: 'ok', detail })
  }

  skip(rung: Rung['rung'], detail = ''): void {
    this.#seen.set(rung, { state: 'skipped', detail })
  }

  break(rung: Rung['rung'], fault: Fault): void {
    this.#broken ??= { rung, ...fault }
    this.#seen.set(rung, { state: 'broken', detail: fault.evidence[0] ?? fault.reason })
  }

  /** What was learnt of the fault afterwards. */
  learn(evidence: readonly string[]): void {
    if (this.#broken !== null) this.#broken = { ...this.#broken, evidence: [...this.#broken.evidence, ...evidence] }
  }

  remark(rung: Rung['rung'], fault: Fault): void {
    this.#remark ??= { rung, ...fault }
  }

  /** A lower rung turns out to be what is wrong: what was seen above it was somebody else. */
  replace(rung: Rung['rung'], fault: Fault): void {
    this.#broken = { rung, ...fault }
    this.#seen.set(rung, { state: 'broken', detail: fault.evidence[0] ?? fault.reason })
    for (const above of RUNGS.slice(RUNGS.indexOf(rung) + 1)) this.#seen.delete(above)
  }

  get broken(): Broken | null {
    return this.#broken ?? this.#remark
  }

  /** Whether there is no use in climbing on. */
  get ended(): boolean {
    return this.#broken !== null
  }

  rungs(): readonly Rung[] {
    return RUNGS.map((rung) => ({ rung, ...(this.#seen.get(rung) ?? { state: 'not-reached', detail: '' }) }))
  }
}
