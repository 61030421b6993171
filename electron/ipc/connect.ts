import { type BrowserWindow, ipcMain } from 'electron'
import { TASK_CHANNEL } from '../contract/requests.ts'
import type { TaskRegistry } from '../tasks/registry.ts'
import { trustedSender } from '../window.ts'
import { createHandlers, type Engine } from './handlers.ts'
import { serve } from './serve.ts'

type Connected = Engine & { tasks: Pick<TaskRegistry, 'subscribe'> }

/** Serves the window's requests and sends it every task's events. Answers the function that ends both. */
export function connect(window: BrowserWindow, engine: Connected): () => void {
  const gone = new AbortController()
  serve(
    ipcMain,
    trustedSender(() => (window.isDestroyed() ? null : window)),
    createHandlers(engine, gone.signal),
  )
  const unsubscribe = engine.tasks.subscribe((event) => {
    if (!window.isDestroyed()) window.webContents.send(TASK_CHANNEL, event)
  })
  return () => {
    gone.abort()
    unsubscribe()
  }
}
