import { type Decision, decisionSchema, type LineChannel } from '../core/elevation.ts'

/**
 * What the client says behind its request. `next` waits for its next word; whatever it says unasked, also by closing,
 * calls the work off (`early`). Anything but a word of ours means `give back`.
 */
export function listen(channel: LineChannel, early: () => void): { next(): Promise<Decision> } {
  let waiting: ((decision: Decision) => void) | null = null
  let over = false
  const pump = async (): Promise<void> => {
    while (!over) {
      const text = await channel.receive().catch(() => null)
      const decision = parse(text)
      over = text === null || decision.say === 'give back'
      if (waiting === null) {
        over = true
        early()
      } else {
        waiting(decision)
        waiting = null
      }
    }
    waiting?.(GIVE_BACK)
  }
  void pump()
  return {
    next: () =>
      new Promise((resolve) => {
        if (over) resolve(GIVE_BACK)
        else waiting = resolve
      }),
  }
}

const GIVE_BACK: Decision = { say: 'give back' }

function parse(text: string | null): Decision {
  if (text === null) return GIVE_BACK
  try {
    return decisionSchema.parse(JSON.parse(text))
  } catch {
    return GIVE_BACK
  }
}
