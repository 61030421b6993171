import { app, type BrowserWindow } from 'electron'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isCommand, ownArguments, windowArguments } from './arguments.ts'
import { CodedError, causeText } from './core/errors.ts'
import { createEngine } from './engine.ts'
import { connect } from './ipc/connect.ts'
import { denyByDefault, openWindow, registerScheme } from './window.ts'

const out = dirname(dirname(fileURLToPath(import.meta.url)))
const own = ownArguments(process.argv, app.isPackaged ? null : app.getAppPath())

registerScheme()
denyByDefault()
;(isCommand(own) ? asCommandLine() : asWindow()).catch((error: unknown) => {
  process.stderr.write(`${causeText(error)}\n`)
  // The same status as on the command line: 2 for unusable arguments.
  app.exit(error instanceof CodedError && error.code === 'bad-arguments' ? 2 : 1)
})

async function asCommandLine(): Promise<void> {
  const { runCli } = await import('./cli/run.ts')
  const { stdin, stdout, stderr, env } = process
  app.exit(await runCli(own, { stdin, stdout, stderr, environment: env }))
}

async function asWindow(): Promise<void> {
  const options = windowArguments(own)
  // Chromium's own files; beside ours, and another --home is another window.
  if (options.home !== null) app.setPath('userData', join(options.home, '.local', 'state', 'goready', 'window'))
  if (!app.requestSingleInstanceLock()) return app.quit()
  const engine = await createEngine(options)
  await app.whenReady()
  let window: BrowserWindow | null = openWindow({ out, lang: options.lang })
  const disconnect = connect(window, engine)
  window.on('closed', () => {
    window = null
    disconnect()
  })
  app.on('second-instance', () => {
    if (window?.isMinimized()) window.restore()
    window?.focus()
  })
  app.on('window-all-closed', () => app.quit())
  let givenBack = false
  app.on('before-quit', (event) => {
    if (givenBack) return
    event.preventDefault()
    void giveBack(engine.tasks).then(() => {
      givenBack = true
      app.quit()
    })
  })
}

/** Cancels what runs and waits until it has given back what it changed. */
async function giveBack(tasks: Awaited<ReturnType<typeof createEngine>>['tasks']): Promise<void> {
  tasks.cancelAll()
  await Promise.all(tasks.list().map(({ id }) => tasks.settled(id)))
}
