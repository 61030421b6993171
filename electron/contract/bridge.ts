import type { Envelope } from './requests.ts'
import type { TaskEvent } from './task.ts'

/** What the preload puts into the page, as `window.goready`. */
export type Bridge = {
  request(name: string, input: unknown): Promise<Envelope>
  onTask(listener: (event: TaskEvent) => void): void
}
