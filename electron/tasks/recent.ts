import type { SeatView } from '../contract/classroom.ts'
import type { TaskEvent } from '../contract/task.ts'

/** Log lines that a late listener still gets. */
const LOG_LINES = 200

/**
 * The events that a late listener needs: the newest of each kind and step, open questions, the last log lines; of the
 * seats of a room all that was told of them last, in one.
 */
export class Recent {
  readonly #newest = new Map<string, TaskEvent>()
  #log: TaskEvent[] = []
  readonly #seats = new Map<string, SeatView>()

  add(event: TaskEvent): void {
    if (event.type === 'log') {
      this.#log.push(event)
      // Cut now and then, not for every line.
      if (this.#log.length > LOG_LINES * 2) this.#log = this.#log.slice(-LOG_LINES)
      return
    }
    if (event.type === 'answered') {
      this.#newest.delete(`ask ${event.questionId}`)
      return
    }
    if (event.type === 'seats') {
      for (const view of event.seats) this.#seats.set(view.seat.name, view)
      this.#newest.set(event.type, { ...event, seats: [...this.#seats.values()] })
      return
    }
    this.#newest.set(keyOf(event), event)
  }

  events(): TaskEvent[] {
    return [...this.#newest.values(), ...this.#log.slice(-LOG_LINES)].sort((a, b) => a.seq - b.seq)
  }
}

function keyOf(event: TaskEvent): string {
  if (event.type === 'step' || event.type === 'progress') return `${event.type} ${event.step}`
  if (event.type === 'waiting') return event.type
  if (event.type === 'checked') return `checked ${event.check.id}`
  return event.type === 'ask' ? `ask ${event.question.id}` : 'end'
}
