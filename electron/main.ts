import { app } from 'electron'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isCommand, ownArguments, windowArguments } from './arguments.ts'
import { CodedError, causeText } from './core/errors.ts'
import { denyByDefault, registerScheme } from './window.ts'
import { runWindow } from './window/run-window.ts'

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
  if (!app.requestSingleInstanceLock({ profile: options.profile })) return app.quit()
  await runWindow(out, options)
}
