import { app } from 'electron'
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isCommand, ownArguments, windowArguments } from './arguments.ts'
import { spellHidden } from './contract/hidden.ts'
import { CodedError, causeText, toAppError } from './core/errors.ts'
import { ownFolder } from './desk/own-folder.ts'
import { denyByDefault, registerScheme } from './window.ts'
import { runWindow } from './window/run-window.ts'

const out = dirname(dirname(fileURLToPath(import.meta.url)))
const own = ownArguments(process.argv, app.isPackaged ? null : app.getAppPath())

registerScheme()
denyByDefault()
// Awaited, so that a command runs before Chromium: no process, no file and no signal handler of its own.
if (isCommand(own)) await asCommandLine().catch((error: unknown) => end(error))
else asWindow().catch((error: unknown) => endInWords(error).catch(() => end(error)))

function end(error: unknown, lines: readonly string[] = [causeText(error)]): void {
  process.stderr.write(`${lines.map(spellHidden).join('\n')}\n`)
  // The same status as on the command line: 2 for unusable arguments.
  app.exit(error instanceof CodedError && error.code === 'bad-arguments' ? 2 : 1)
}

/** A window that cannot even begin: somebody at a terminal, or a log, is told in sentences. */
async function endInWords(error: unknown): Promise<void> {
  const [{ openText }, { langOf }] = await Promise.all([import('./cli/text.ts'), import('./cli/args.ts')])
  const text = await openText(langOf(process.env))
  end(error, text.error(toAppError(error)))
}

async function asCommandLine(): Promise<void> {
  // Electron would say it in a dialog and stay.
  process.on('uncaughtException', (error) => end(error))
  // What goready-elevated.sh starts, or UAC with a pipe and a secret; refuses whoever has no rights.
  if (own[0] === 'elevated' && (own.length === 1 || own.length === 3))
    return app.exit(await (await import('./elevated/start.ts')).elevatedMain(own.slice(1)))
  const [{ runCli }, { processIo }] = await Promise.all([import('./cli/run.ts'), import('./cli/process-io.ts')])
  const io = processIo()
  const status = await runCli(own, io)
  await io.written()
  app.exit(status)
}

async function asWindow(): Promise<void> {
  const options = windowArguments(own)
  // It copies each font file whole into shared memory: 40 MB and many milliseconds for Chinese text. Without it
  // the page maps the files.
  app.commandLine.appendSwitch('disable-features', 'FontDataServiceLinux')
  // Chromium's own files; beside ours, and another --home is another window.
  const beside = options.home === null ? null : join(options.home, '.local', 'state', 'goready', 'window')
  const { path, passing } = ownFolder(beside ?? app.getPath('userData'))
  app.setPath('userData', path)
  if (passing) app.on('quit', () => rmSync(path, { recursive: true, force: true }))
  if (!app.requestSingleInstanceLock({ profile: options.profile })) return app.quit()
  await runWindow(out, options)
}
