import type { DoctorContext } from '../../check.ts'
import type { Facts } from '../../facts.ts'

/** A question that several checks of one look ask; the first asks, all get its answer. */
export function perLook<T>(
  ask: (context: DoctorContext, signal: AbortSignal) => Promise<T>,
): (context: DoctorContext, signal: AbortSignal) => Promise<T> {
  const answers = new WeakMap<Facts, Promise<T>>()
  return (context, signal) => {
    const known = answers.get(context.facts)
    if (known !== undefined) return known
    const answer = ask(context, signal)
    answers.set(context.facts, answer)
    return answer
  }
}
