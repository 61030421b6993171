import type { Envelope } from './requests.ts'
import type { TaskEvent } from './task.ts'

/** What the menu and a second start want of the page. `given-profile`: `profile.given` has something new. */
export const COMMANDS = ['open-profile', 'export-profile', 'settings', 'classroom', 'about', 'given-profile'] as const
export type Command = (typeof COMMANDS)[number]

/** What the preload puts into the page, as `window.goready`. */
export type Bridge = {
  request(name: string, input: unknown): Promise<Envelope>
  onTask(listener: (event: TaskEvent) => void): void
  onCommand(listener: (command: Command) => void): void
}
