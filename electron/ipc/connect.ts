import { type BrowserWindow, ipcMain } from 'electron'
import type { Command } from '../contract/bridge.ts'
import type { COMMAND_CHANNEL, Envelope, REQUEST_CHANNEL, TASK_CHANNEL } from '../contract/requests.ts'
import type { Desk } from '../desk/desk.ts'
import type { Engine } from '../engine.ts'
import { trustedSender } from '../window.ts'

// The values are repeated, as in the preload, so that the contract's schemas load after the window.
const REQUEST: typeof REQUEST_CHANNEL = 'goready:request'
const TASK: typeof TASK_CHANNEL = 'goready:task'
const COMMAND: typeof COMMAND_CHANNEL = 'goready:command'

export type Connection = {
  /** Sends the events of all tasks from now on; called once, when the engine is built. */
  events(engine: Pick<Engine, 'tasks'>): void
  command(command: Command): void
  close(): void
}
type Answerer = (name: unknown, input: unknown, rest: readonly unknown[]) => Promise<Envelope>

/**
 * Serves the window's requests from the first moment, each as soon as what it needs is built, and speaks
 * to the window.
 */
export function connect(window: BrowserWindow, desk: () => Promise<Desk>, engine: () => Promise<Engine>): Connection {
  const gone = new AbortController()
  const isTrusted = trustedSender(() => (window.isDestroyed() ? null : window))
  let answerer: Promise<Answerer> | null = null
  ipcMain.handle(REQUEST, async (event, name: unknown, input: unknown, ...rest: unknown[]): Promise<Envelope> => {
    if (!isTrusted(event)) return { ok: false, error: { code: 'untrusted-sender' } }
    answerer ??= openAnswerer(desk, engine, gone.signal)
    return (await answerer)(name, input, rest)
  })
  const send = (channel: string, message: unknown): void => {
    if (!window.isDestroyed()) window.webContents.send(channel, message)
  }
  const events = (built: Pick<Engine, 'tasks'>): void => {
    const unsubscribe = built.tasks.subscribe((event) => send(TASK, event))
    gone.signal.addEventListener('abort', unsubscribe, { once: true })
  }
  return {
    events,
    command: (command) => send(COMMAND, command),
    close() {
      gone.abort()
      ipcMain.removeHandler(REQUEST)
    },
  }
}

async function openAnswerer(
  desk: () => Promise<Desk>,
  engine: () => Promise<Engine>,
  signal: AbortSignal,
): Promise<Answerer> {
  const [{ answerer }, { createHandlers }] = await Promise.all([import('./serve.ts'), import('./handlers.ts')])
  return answerer(createHandlers(engine, await desk(), signal))
}
